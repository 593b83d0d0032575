using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtcp;

[Collection(AllocationCollection.Name)]
public class AllocationTests
{
    private readonly byte[] _data = new byte[1_500];

    [Fact]
    public void RtpHeader_WriteAndParse_AllocatesNothing() => AssertNoAllocation(i =>
    {
        var extensions = new RtpExtensionsBuilder(stackalloc byte[64]);
        extensions.Add(1, "0"u8);
        extensions.AddUInt16(3, (ushort)i);
        var length = RtpHeaderWriter.Write(
            _data, i % 2 == 0, new PayloadType(96), new SequenceNumber((ushort)i), new RtpTimestamp((uint)i), new Ssrc(1), extensions);
        return RtpPacket.TryParse(_data.AsSpan(0, length + 100), out var packet)
            && packet.TryGetExtension(3, out var value)
            && HeaderExtensionValues.TryReadTransportSequence(value, out var sequence)
            && sequence == (ushort)i
            && packet.TryGetExtension(1, out var mid)
            && new Mid("0").Matches(mid);
    });

    [Fact]
    public void Rtcp_WriteAndRead_AllocatesNothing()
    {
        var feedback = new TransportFeedbackBuilder(TimeSpan.Zero);
        var nacks = new NackGenerator();
        var statistics = new ReceptionStatistics(90_000);
        AssertNoAllocation(i =>
        {
            // Every eleventh packet is lost.
            var now = Timestamp.FromMilliseconds(i);
            var sequence = (ushort)(i + (i / 10));
            feedback.OnPacket(now, sequence);
            nacks.OnPacket(now, new SequenceNumber(sequence));
            statistics.OnPacket(now, new SequenceNumber((ushort)i), new RtpTimestamp((uint)i * 90));
            statistics.TryTakeReportBlock(now, new Ssrc(2), out var block);

            var length = RtcpWriter.WriteSenderReport(_data, new Ssrc(1), new NtpTime((ulong)i), default, 1, 2, [block]);
            length += RtcpWriter.WriteSourceDescription(_data.AsSpan(length), new Ssrc(1), "relay");
            length += RtcpWriter.WritePictureLossIndication(_data.AsSpan(length), new Ssrc(1), new Ssrc(2));
            length += nacks.TryWriteNack(now, new Ssrc(1), new Ssrc(2), _data.AsSpan(length), out var nack) ? nack : 0;
            length += feedback.TryWrite(now, new Ssrc(1), new Ssrc(2), _data.AsSpan(length), out var written) ? written : 0;
            return RtcpHarness.ReadAll(_data.AsSpan(0, length)) > 4;
        });
    }

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void Frames_PacketizeAndDepacketize_AllocatesNothing(VideoCodec codec)
    {
        var packetizer = VideoPacketizer.Create(codec);
        var depacketizer = VideoDepacketizer.Create(codec);
        byte[] frame = [0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x65, .. Enumerable.Repeat((byte)0x88, 4_000)];
        var sequenceNumber = new SequenceNumber(0);
        AssertNoAllocation(i =>
        {
            var frames = 0;
            packetizer.Start(frame, isKeyFrame: true);
            while (packetizer.TryNext(_data.AsSpan(RtpPacket.FixedHeaderLength), out var length, out var isLast))
            {
                RtpHeaderWriter.Write(_data, isLast, new PayloadType(96), sequenceNumber, new RtpTimestamp((uint)i), new Ssrc(1));
                sequenceNumber = sequenceNumber.Next;
                frames += RtpPacket.TryParse(_data.AsSpan(0, RtpPacket.FixedHeaderLength + length), out var packet)
                    && depacketizer.TryPush(packet, out var whole, out _)
                    && whole.Data.Length == frame.Length ? 1 : 0;
            }

            return frames == 1;
        });
    }

    private static void AssertNoAllocation(Func<int, bool> act)
    {
        for (var i = 0; i < 2_000; i++)
        {
            Assert.True(act(i));
        }

        var failures = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2_000; i < 12_000; i++)
        {
            failures += act(i) ? 0 : 1;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, failures);
        Assert.Equal(0, allocated);
    }
}
