using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class VideoPacketizerTests
{
    [Fact]
    public void H264_ParameterSets_AreAggregatedAndLargeSlicesFragmentedEvenly()
    {
        byte[] frame =
        [
            .. Bytes.FromHex("00 00 00 01 67 42 C0 1F 00 00 00 01 28 CE 3C 00 00 01 06 05 FF"),
            0, 0, 0, 1, 0x65, .. Enumerable.Repeat((byte)0x88, 3_000),
        ];

        var packets = new FrameHarness(VideoCodec.H264).Packetize(frame, 0, isKeyFrame: true);

        var payloads = packets.ConvertAll(packet => packet[12..]);
        Assert.Equal(Bytes.FromHex("78 00 04 67 42 C0 1F 00 03 28 CE 3C 00 03 06 05 FF"), payloads[0]);
        Assert.Equal([1_002, 1_002, 1_002], payloads.Skip(1).Select(payload => payload.Length));
        Assert.Equal(["7C85", "7C05", "7C45"], payloads.Skip(1).Select(payload => Convert.ToHexString(payload, 0, 2)));
        Assert.Equal([false, false, false, true], packets.Select(packet => (packet[1] & 0x80) != 0));
        Assert.True(H264Payload.IsKeyFrameStart(payloads[0]));
    }

    [Fact]
    public void H264_NoUnits_GivesNothing() =>
        Assert.Empty(new FrameHarness(VideoCodec.H264).Packetize(Bytes.FromHex("65 88 84"), 0));

    [Fact]
    public void Vp8_PictureIds_Are15BitsAndWrap()
    {
        var packetizer = new Vp8Packetizer(firstPictureId: 0x7FFF);
        var payload = new byte[packetizer.MaxPayloadLength];
        var ids = new List<int>();
        for (var i = 0; i < 2; i++)
        {
            packetizer.Start(new byte[2_000], isKeyFrame: true);
            while (packetizer.TryNext(payload, out var length, out _))
            {
                Assert.True(Vp8Descriptor.TryParse(payload.AsSpan(0, length), out var descriptor));
                Assert.True(descriptor.HasLongPictureId);
                ids.Add(descriptor.PictureId);
            }
        }

        Assert.Equal([0x7FFF, 0x7FFF, 0, 0], ids);
    }

    [Fact]
    public void TryNext_DestinationTooShort_Throws()
    {
        var packetizer = VideoPacketizer.Create(VideoCodec.Vp8);
        packetizer.Start([0, 1, 2], isKeyFrame: true);

        Assert.Throws<ArgumentException>(() => packetizer.TryNext(new byte[100], out _, out _));
    }

    [Fact]
    public void Start_BeforeTheEnd_DropsTheRestOfTheFrame()
    {
        var harness = new FrameHarness(VideoCodec.Vp8);
        var packetizer = VideoPacketizer.Create(VideoCodec.Vp8);
        var payload = new byte[1_100];
        packetizer.Start(new byte[5_000], isKeyFrame: true);
        Assert.True(packetizer.TryNext(payload, out _, out _));

        packetizer.Start([0, 7], isKeyFrame: true);

        Assert.True(packetizer.TryNext(payload, out var length, out var isLast));
        Assert.True(isLast);
        Assert.Equal([0, 7], Assert.Single(harness.PushAll([harness.Packet(payload.AsSpan(0, length), 0, isLast)])).Frame);
    }
}
