using System.Buffers.Binary;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests;

/// <summary>What the relay tells a host of its packets' arrival (transport-wide feedback), on which its bandwidth estimate rests.</summary>
public sealed class HostFeedbackTests : IDisposable
{
    private readonly RelayHarness _harness = new(1);
    private readonly TestPeer _host;

    public HostFeedbackTests()
    {
        _host = _harness.Publish(_harness.Room(), new OfferOptions
        {
            Role = NegotiationRole.Publish,
            VideoCodecs = [SdpCodec.Vp8],
            Streams = new AnnouncedStreams("host", "stream", "a", "v", FakeHost.AudioSsrc, FakeHost.VideoSsrc, 1_001),
            VideoFeedback = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.TransportCc,
            AudioExtensions = [HeaderExtensionUris.Mid, HeaderExtensionUris.TransportWideCc],
            VideoExtensions = [HeaderExtensionUris.Mid, HeaderExtensionUris.TransportWideCc],
        });
        _harness.Connect(_host);
    }

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void PacketsReadInOneTurn_AreReportedWithTheTimesOfTheirArrival()
    {
        // A bandwidth probe: five packets in 12 ms, all of them read 40 ms after the first.
        var first = _harness.Now - TimeSpan.FromMilliseconds(40);
        for (var i = 0; i < 5; i++)
        {
            Send((ushort)(100 + i), first + TimeSpan.FromMilliseconds(3 * i));
        }

        _harness.Run(100);
        var report = Assert.Single(_host.TransportFeedback);
        Assert.Equal([100, 101, 102, 103, 104], report.Select(entry => (int)entry.SequenceNumber));
        Assert.All(report, entry => Assert.True(entry.IsReceived));
        Assert.Equal([12L, 12, 12, 12], report.Skip(1).Select(entry => (long)entry.Delta));
        Assert.Equal(Ticks(first - Timestamp.Zero), report[0].Arrival);
    }

    [Fact]
    public void ArrivalIsNotKnown_TheTurnCounts()
    {
        var first = _harness.Now;
        Send(1, arrivedAt: null);
        _harness.Run(10);
        Send(2, arrivedAt: null);
        _harness.Run(100);
        Assert.Equal([0L, 40], _host.TransportFeedback.SelectMany(report => report).Select(entry => entry.Arrival - Ticks(first - Timestamp.Zero)));
    }

    [Fact]
    public void PacketsOvertakeOneAnother_AreReportedInOrderWithNegativeDeltas()
    {
        var start = _harness.Now;
        foreach (var (sequence, milliseconds) in new (ushort, int)[] { (65_534, -30), (1, -28), (65_535, -25), (0, -20), (3, -10) })
        {
            Send(sequence, start + TimeSpan.FromMilliseconds(milliseconds));
        }

        _harness.Run(100);
        var report = Assert.Single(_host.TransportFeedback);
        Assert.Equal([65_534, 65_535, 0, 1, 2, 3], report.Select(entry => (int)entry.SequenceNumber));
        Assert.Equal([20L, 20, -32, 72], report.Where(entry => entry.IsReceived).Skip(1).Select(entry => (long)entry.Delta));
        Assert.False(report[4].IsReceived);
    }

    [Fact]
    public void PacketOfNoUse_HasArrivedAllTheSame()
    {
        Send(7, _harness.Now, ssrc: 4_711, payloadType: 127);
        Send(8, _harness.Now);
        _harness.Run(100);
        Assert.Equal(
            [(7, true), (8, true)], _host.TransportFeedback.SelectMany(report => report).Select(entry => ((int)entry.SequenceNumber, entry.IsReceived)));
        Assert.Equal(1, _harness.Shards.Sum(shard => shard.Drops[Protocols.Drops.DropReason.RtpUnknownPayloadType]));
    }

    [Fact]
    public void Report_LeavesFiftyMillisecondsAfterItsFirstPacket_WhateverElseTheSessionWaitsFor()
    {
        for (var round = 1; round <= 5; round++)
        {
            Send((ushort)round, _harness.Now);
            _harness.Run(45);
            Assert.Equal(round - 1, _host.TransportFeedback.Count);
            _harness.Run(10);
            Assert.Equal(round, _host.TransportFeedback.Count);
            _harness.Run(15);
        }
    }

    private void Send(ushort transportSequence, Timestamp? arrivedAt, uint ssrc = FakeHost.VideoSsrc, byte? payloadType = null)
    {
        var media = _host.Session!.Video!;
        Span<byte> elements = stackalloc byte[64];
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, transportSequence);
        var extensions = new RtpExtensionsBuilder(elements);
        extensions.Add(media.Extensions[HeaderExtensionUris.Mid], System.Text.Encoding.ASCII.GetBytes(media.Mid!));
        extensions.Add(media.Extensions[HeaderExtensionUris.TransportWideCc], value);
        var header = new byte[64];
        var length = RtpHeaderWriter.Write(
            header, marker: true, new PayloadType(payloadType ?? media.Codecs[0].PayloadType), new SequenceNumber(transportSequence),
            new RtpTimestamp(transportSequence * 3_000u), new Ssrc(ssrc), extensions);
        _harness.Send(_host.Address, _host.Protect(header.AsSpan(0, length), new byte[40]), arrivedAt);
    }

    private static long Ticks(TimeSpan span) => (long)(span / TimeSpan.FromMicroseconds(TransportFeedback.MicrosecondsPerTick));
}
