using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Tests.Viewers;

/// <summary>A viewer's side of one stream, in virtual time.</summary>
[Collection(AllocationCollection.Name)]
public sealed class IncomingTrackTests
{
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1_000);
    private Timestamp _now = Start;

    [Fact]
    public void EndPicture_NothingMissing_IsCompleteWithItsTime()
    {
        var track = MakeTrack(new ViewerOptions());
        Take(track, 10);
        Assert.True(End(track, 11, out var times));
        Assert.Equal(Start, times?.MadeAt);
        Assert.Equal((1, 2L, 0L), (track.Counters.Pictures, track.Counters.Packets, track.Counters.Missing));
        Assert.Equal(Timestamp.Never, track.NextTimeout);
    }

    [Fact]
    public void TryWriteFeedback_NackNotNegotiated_AsksForNothing()
    {
        var track = MakeTrack(new ViewerOptions(), FeedbackKinds.None);
        Take(track, 10);
        Take(track, 12);
        Assert.Equal(1, track.Counters.Missing);
        Span<byte> space = stackalloc byte[1200];
        Assert.False(track.TryWriteFeedback(_now, new Ssrc(1), space, out _));
        Assert.Equal(0, track.Counters.NacksSent);
    }

    [Fact]
    public void EndPicture_PacketMissing_WaitsUntilItIsRepaired()
    {
        var track = MakeTrack(new ViewerOptions());
        Take(track, 10);
        Assert.False(End(track, 12, out _));
        Assert.False(track.TryTakeRepaired(_now, out _));
        Assert.Equal((1L, 1L), (track.Counters.Missing, track.Counters.Gaps));
        Assert.Equal([11], Nacked(track));

        Take(track, 11, isRepaired: true);
        Assert.True(track.TryTakeRepaired(_now, out var pictures));
        Assert.Equal((1, Start), (pictures.WaitingCount, pictures[0]?.MadeAt));
        pictures.Clear();
        Assert.Equal((0L, 1L, 1L), (track.Counters.Missing, track.Counters.Repaired, track.Counters.Pictures));
    }

    [Fact]
    public void Feedback_PacketNeverComes_GivesThePictureUpAndAsksForAKeyFrame()
    {
        var track = MakeTrack(new ViewerOptions());
        Take(track, 10);
        Assert.False(End(track, 12, out _));
        Span<byte> space = stackalloc byte[1200];
        var plis = 0;
        while (_now - Start < TimeSpan.FromSeconds(3))
        {
            while (track.NextTimeout <= _now && track.TryWriteFeedback(_now, new Ssrc(1), space, out var length))
            {
                Assert.True(RtcpReader.TryParse(space[..length], out var reader));
                Assert.True(reader.TryReadNext(out var packet));
                plis += packet.IsPictureLossIndication ? 1 : 0;
            }

            _now += TimeSpan.FromMilliseconds(10);
        }

        Assert.Equal(1, track.Counters.BrokenPictures);
        Assert.InRange(plis, 2, 6);
        Assert.Equal(plis, track.Counters.PlisSent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NextTimeout_AfterFeedbackWasAsked_LiesAhead(bool sends)
    {
        var track = MakeTrack(new ViewerOptions { SendNack = sends, SendPli = sends });
        track.Begin(_now);
        Take(track, 10);
        Take(track, 15);
        Span<byte> space = stackalloc byte[1200];
        for (var i = 0; i < 300; i++)
        {
            while (track.TryWriteFeedback(_now, new Ssrc(1), space, out _))
            {
            }

            Assert.True(track.NextTimeout > _now, $"it would spin at step {i}");
            _now += TimeSpan.FromMilliseconds(10);
        }

        Assert.Equal(sends, track.Counters.NacksSent > 0);
    }

    [Fact]
    public void Take_Steady_AllocatesNothing()
    {
        var track = MakeTrack(new ViewerOptions());
        var bytes = MakePacket(0, marker: true);
        Run(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _now += TimeSpan.FromMilliseconds(5);
                var number = track.Counters.Packets;
                RtpHeaderWriter.SetSequenceNumber(bytes, new SequenceNumber((ushort)number));
                RtpHeaderWriter.SetTimestamp(bytes, new RtpTimestamp((uint)number * 450));
                Assert.True(RtpPacket.TryParse(bytes, out var packet));
                Assert.True(track.Owns(packet.PayloadType, out _, out _));
                track.TakeHeader(_now, packet, bytes.Length, isRepaired: false);
                track.TakePayload(packet, SdpCodec.H264);
                track.TryEndPicture(_now, packet.Timestamp, packet.Payload, out _);
            }
        }
    }

    private static IncomingTrack MakeTrack(ViewerOptions options, FeedbackKinds feedback = FeedbackKinds.Nack) => new(
        new NegotiatedMedia
        {
            Index = 0,
            Mid = "0",
            Kind = MediaKind.Video,
            Direction = MediaDirection.RecvOnly,
            Codecs = [new NegotiatedCodec(96, SdpCodec.H264, 90_000, 1, new FormatParameters(""), 97, feedback)],
            Extensions = new Dictionary<string, byte>(StringComparer.Ordinal),
            ReducedSizeRtcp = true,
        },
        options);

    private static byte[] MakePacket(ushort number, bool marker)
    {
        var packet = new byte[RtpPacket.FixedHeaderLength + TimeCode.Length];
        RtpHeaderWriter.Write(
            packet, marker, new PayloadType(96), new SequenceNumber(number), new RtpTimestamp(3_000), new Ssrc(5));
        TimeCode.Write(packet.AsSpan(RtpPacket.FixedHeaderLength), Start, number);
        return packet;
    }

    private void Take(IncomingTrack track, ushort number, bool isRepaired = false)
    {
        Assert.True(RtpPacket.TryParse(MakePacket(number, marker: false), out var packet));
        track.TakeHeader(_now, packet, wireLength: 100, isRepaired);
    }

    private bool End(IncomingTrack track, ushort number, out PictureTimes? times)
    {
        Assert.True(RtpPacket.TryParse(MakePacket(number, marker: true), out var packet));
        track.TakeHeader(_now, packet, wireLength: 100, isRepaired: false);
        return track.TryEndPicture(_now, packet.Timestamp, packet.Payload, out times);
    }

    private List<int> Nacked(IncomingTrack track)
    {
        Span<byte> space = stackalloc byte[1200];
        Assert.True(track.TryWriteFeedback(_now, new Ssrc(1), space, out var length));
        Assert.True(RtcpReader.TryParse(space[..length], out var reader));
        Assert.True(reader.TryReadNext(out var packet));
        Assert.True(Nack.TryParse(packet, out var nack));
        var numbers = new List<int>();
        foreach (var number in nack)
        {
            numbers.Add(number.Value);
        }

        return numbers;
    }
}
