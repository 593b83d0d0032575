using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Client.Tests.Hosts;

[Collection(AllocationCollection.Name)]
public sealed class OutgoingTrackTests
{
    private static readonly AnnouncedStreams Streams = new("host", "live", "a", "v", 1, 2, 3);

    [Fact]
    public void WriteReport_FrameCapturedAMomentAgo_ExtrapolatesItsTimestampToNow()
    {
        using var pool = new LeakCheckingPacketPool();
        using var track = MakeTrack(pool);
        var captured = Timestamp.FromMilliseconds(5_000);
        track.Begin(new MediaFrame(MediaKind.Video, default, TimeSpan.FromSeconds(2), captured, IsKeyFrame: true));
        track.Add([1, 2, 3], marker: true);
        track.Packets.TakeUnsent(out var header, out var payload);
        track.CountSent(payload.Length);
        var sent = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header[4..]);

        var ntp = NtpTime.FromUnixNanoseconds(1_800_000_000_000_000_000);
        Span<byte> space = stackalloc byte[256];
        var length = track.WriteReport(captured + TimeSpan.FromMilliseconds(100), ntp, "host", space);
        Assert.True(RtcpReader.TryParse(space[..length], out var reader));
        Assert.True(reader.TryReadNext(out var packet));
        Assert.True(SenderReport.TryParse(packet, out var report));
        Assert.Equal((ntp, sent + 9_000, 1u, 3u), (report.NtpTime, report.RtpTimestamp.Value, report.PacketCount, report.OctetCount));
    }

    [Fact]
    public void WriteRetransmission_SentPacket_CanBeRestored()
    {
        using var pool = new LeakCheckingPacketPool();
        using var track = MakeTrack(pool);
        track.Begin(new MediaFrame(MediaKind.Video, default, TimeSpan.Zero, Timestamp.Zero, IsKeyFrame: true));
        track.Add([1, 2, 3], marker: true);
        track.Packets.TakeUnsent(out var header, out var payload);
        Span<byte> space = stackalloc byte[256];
        track.WriteRetransmission(header, payload, space, out var length);
        Assert.True(RtpPacket.TryParse(space[..length], out var retransmission));
        Assert.Equal((new Ssrc(3), new PayloadType(97)), (retransmission.Ssrc, retransmission.PayloadType));

        Span<byte> restored = stackalloc byte[256];
        Assert.True(RtxPayload.TryRestore(retransmission, new PayloadType(96), new Ssrc(2), restored, out var restoredLength));
        Assert.Equal([.. header, .. payload], restored[..restoredLength].ToArray());
    }

    [Fact]
    public void WriteRetransmission_PacketOfASimulcastEncoding_NamesTheEncodingThatItRepairs()
    {
        using var pool = new LeakCheckingPacketPool();
        using var track = MakeTrack(pool, layer: 2, rid: "h");
        track.Begin(new MediaFrame(MediaKind.Video, default, TimeSpan.Zero, Timestamp.Zero, IsKeyFrame: true));
        track.Add([1, 2, 3], marker: true);
        track.Packets.TakeUnsent(out var header, out var payload);
        Assert.True(RtpPacket.TryParse((byte[])[.. header, .. payload], out var original));
        Assert.Equal((new Ssrc(6), true), (original.Ssrc, original.Marker));
        Assert.Equal(("0", "h", null), (Text(original, 1), Text(original, 2), Text(original, 3)));

        var space = new byte[256];
        track.WriteRetransmission(header, payload, space, out var length);
        Assert.True(RtpPacket.TryParse(space.AsSpan(0, length), out var retransmission));
        Assert.Equal((new Ssrc(7), new PayloadType(97), true), (retransmission.Ssrc, retransmission.PayloadType, retransmission.Marker));
        Assert.Equal(original.Timestamp, retransmission.Timestamp);
        Assert.Equal(("0", null, "h"), (Text(retransmission, 1), Text(retransmission, 2), Text(retransmission, 3)));
        Assert.Equal(original.SequenceNumber.Value, System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(retransmission.Payload));
        Assert.Equal([1, 2, 3], retransmission.Payload[2..].ToArray());

        static string? Text(in RtpPacket packet, int id) =>
            packet.TryGetExtension(id, out var value) ? System.Text.Encoding.ASCII.GetString(value) : null;
    }

    [Fact]
    public void TryAdd_PicturesOfASource_AllocateNothingOnceTheCacheIsFull()
    {
        using var pool = new LeakCheckingPacketPool();
        using var track = MakeTrack(pool);
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { HasAudio = false });
        var packetizer = VideoPacketizer.Create(VideoCodec.H264);
        var now = Timestamp.FromMilliseconds(1_000);
        source.Start(now, () => { });
        Run(2_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var packets = Run(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(packets, 10_000, 20_000);

        int Run(int count)
        {
            var sent = 0;
            while (sent < count)
            {
                now += TimeSpan.FromMilliseconds(10);
                while (source.TryRead(now, out var frame))
                {
                    track.Begin(frame);
                    packetizer.Start(frame.Data.Span, frame.IsKeyFrame);
                    while (track.TryAdd(packetizer))
                    {
                        track.Packets.TakeUnsent(out _, out var payload);
                        track.CountSent(payload.Length);
                        sent++;
                    }
                }
            }

            return sent;
        }
    }

    private static OutgoingTrack MakeTrack(LeakCheckingPacketPool pool, int layer = 0, string? rid = null)
    {
        var codec = new NegotiatedCodec(96, SdpCodec.H264, 90_000, 1, new FormatParameters(""), 97, FeedbackKinds.Nack);
        return new OutgoingTrack(
            new NegotiatedMedia
            {
                Index = 0,
                Mid = "0",
                Kind = MediaKind.Video,
                Direction = MediaDirection.SendOnly,
                Codecs = [codec],
                Extensions = new Dictionary<string, byte>(StringComparer.Ordinal) 
                {
                    [HeaderExtensionUris.Mid] = 1,
                    [HeaderExtensionUris.RtpStreamId] = 2,
                    [HeaderExtensionUris.RepairedRtpStreamId] = 3,
                },
                ReducedSizeRtcp = true,
            },
            codec, Streams, pool, capacity: 256, new Random(4), layer, rid);
    }
}
