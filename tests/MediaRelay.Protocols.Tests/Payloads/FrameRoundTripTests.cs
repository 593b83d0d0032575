using FsCheck;
using FsCheck.Fluent;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Protocols.Tests.Payloads;

public class FrameRoundTripTests
{
    // Types that may stand alone in an access unit; 24 and above are RFC 6184's own.
    private static readonly byte[] NalHeaders = [0x09, 0x06, 0x67, 0x68, 0x65, 0x41, 0x01];

    [Fact]
    public void H264_AnyUnits_ComeOutAsTheyWentIn()
    {
        // Lengths around the limits of single packet, aggregate and fragment.
        var unit =
            from header in Gen.Elements(NalHeaders)
            from length in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(80, 120), Gen.Choose(121, 1_500))
            from seed in Gen.Choose(0, int.MaxValue)
            select MakeUnit(header, length, seed);
        var frame = Gen.Choose(1, 8).SelectMany(count => Gen.ListOf(unit, count)).Select(units => units.ToArray());

        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(frame), units =>
        {
            byte[] stream = [.. units.SelectMany(bytes => (byte[])[0, 0, 0, 1, .. bytes])];
            var harness = new FrameHarness(VideoCodec.H264, maxPayloadLength: 100);

            var packets = harness.Packetize(stream, timestamp: 90_000);
            var pushed = harness.PushAll([StartOf(harness, 1), .. Renumber(harness, packets)]);

            var last = pushed[^1];
            return packets.TrueForAll(packet => packet.Length <= 112)
                && last.Frame != null
                && last.Frame.AsSpan().SequenceEqual(stream)
                && last.IsKeyFrame == Array.Exists(units, bytes => bytes[0] == 0x65)
                && pushed.TrueForAll(item => item.Loss == FrameLoss.None);
        }));
    }

    [Fact]
    public void Vp8_AnyFrame_ComesOutAsItWentIn() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(1, 1_000).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length))),
        frame =>
        {
            var harness = new FrameHarness(VideoCodec.Vp8, maxPayloadLength: 100);

            var packets = harness.Packetize(frame, timestamp: 90_000);
            var pushed = Assert.Single(harness.PushAll(packets));

            return packets.TrueForAll(packet => packet.Length <= 112)
                && pushed.Frame!.AsSpan().SequenceEqual(frame)
                && pushed.IsKeyFrame == ((frame[0] & 1) == 0)
                && pushed.Loss == FrameLoss.None;
        }));

    [Fact]
    public void AnyLoss_DamagedFramesNeverComeOut()
    {
        var losses = Gen.Choose(0, 9).Select(digit => digit < 2).ArrayOf(60);
        foreach (var codec in Enum.GetValues<VideoCodec>())
        {
            Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(losses), lost =>
            {
                var harness = new FrameHarness(codec, maxPayloadLength: 100);
                var frames = Enumerable.Range(0, 20).Select(index => MakeFrame(codec, index)).ToArray();
                var packets = frames.SelectMany((frame, index) => harness.Packetize(frame, (uint)index * 3_000)).ToList();
                var arrived = packets.Where((_, index) => !lost[index % lost.Length]).ToList();

                var pushed = harness.PushAll(arrived);

                // Every frame that comes out is one that went in, whole; and a gap in what arrived was said.
                var isGap = arrived.Zip(arrived.Skip(1)).Any(pair => Sequence(pair.First) + 1 != Sequence(pair.Second));
                return pushed.TrueForAll(item => item.Frame == null || item.Frame.AsSpan().SequenceEqual(frames[item.Timestamp / 3_000]))
                    && isGap == pushed.Exists(item => item.Loss == FrameLoss.Gap);
            }));
        }
    }

    private static int Sequence(byte[] packet) => (packet[2] << 8) | packet[3];

    private static byte[] MakeFrame(VideoCodec codec, int index)
    {
        var random = new Random(index);
        byte[] Unit(byte header, int length) => [0, 0, 0, 1, .. MakeUnit(header, length, random.Next())];
        if (codec == VideoCodec.Vp8)
        {
            return [(byte)(index % 10 == 0 ? 0 : 1), .. MakeUnit(1, 50 + random.Next(300), index)];
        }

        byte[] slice = Unit(0x41, 50 + random.Next(300));
        slice[5] |= 0x80;
        return index % 10 == 0 ? [.. Unit(0x67, 20), .. Unit(0x68, 6), .. Unit(0x65, 400)] : slice;
    }

    // Random bytes without start codes in them and without a zero at the end, as emulation prevention makes them.
    private static byte[] MakeUnit(byte header, int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        for (var i = 0; i < length; i++)
        {
            bytes[i] = bytes[i] == 0 ? (byte)1 : bytes[i];
        }

        bytes[0] = header;
        return bytes;
    }

    // A finished frame first, so that the one under test need not begin with an SPS to be known as a beginning.
    private static byte[] StartOf(FrameHarness harness, uint timestamp)
    {
        harness.Next = default;
        return harness.Packet([0x67, 0x42, 0xC0, 0x1F], timestamp, marker: true);
    }

    private static IEnumerable<byte[]> Renumber(FrameHarness harness, List<byte[]> packets) =>
        packets.Select(packet => harness.Packet(packet.AsSpan(12), 90_000, marker: (packet[1] & 0x80) != 0));
}
