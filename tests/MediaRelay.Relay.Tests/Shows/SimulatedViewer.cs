using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// A viewer in virtual time: records what the relay sends it and what arrives, asks for what is missing, and reports once a second.
/// </summary>
internal sealed class SimulatedViewer
{
    private static readonly Ssrc Own = new(5);

    private readonly RelayHarness _harness;
    private readonly NackGenerator _nacks = new();
    private readonly ReceptionStatistics _statistics = new(90_000);
    private readonly TransportFeedbackBuilder? _feedback;
    private readonly StreamRecord _retransmissions = new();
    private long _nextReport;
    private int _senderReportsSeen;

    public SimulatedViewer(RelayHarness harness, Rooms.Room room, SimulatedViewerOptions options, int seed)
    {
        _harness = harness;
        Options = options;
        Peer = harness.Watch(room, MakeOffer(options), options.Application);
        Peer.OnRtp = OnArrived;
        _nextReport = NowMs + (seed % 1_000);
        if (HasTransportFeedback)
        {
            _feedback = new TransportFeedbackBuilder();
        }
    }

    public SimulatedViewerOptions Options { get; }

    public TestPeer Peer { get; }

    public ViewerSession Session => (ViewerSession)Peer.Owner!;

    /// <summary>The way from the relay; set once the handshake is through.</summary>
    public LinkConditions Downlink { get; set; } = new();

    public StreamRecord Video { get; } = new();

    public StreamRecord Audio { get; } = new();

    /// <summary>Resends on the RTX stream as they left, with their bytes.</summary>
    public List<(Timestamp At, int Bytes)> Resent { get; } = [];

    /// <summary>The transport-wide number of each packet of the picture as it left, with whether it was a resend or probe.</summary>
    public List<(ushort Number, bool IsRtx)> TransportNumbers { get; } = [];

    /// <summary>Instead of what was measured, in 1/256.</summary>
    public byte? ReportedLoss { get; set; }

    /// <summary>When it was told to leave; null while it stays.</summary>
    public Timestamp? LeftAt { get; private set; }

    public bool IsGone => Peer.Connection!.IsClosed || Session.IsClosed;

    public bool HasTransportFeedback => Peer.Session!.Video is { } video
        && video.Extensions.ContainsKey(HeaderExtensionUris.TransportWideCc)
        && video.Codecs.All(codec => codec.Feedback.HasFlag(FeedbackKinds.TransportCc));

    /// <summary>Packets that were not what the relay had encrypted, as far as this viewer could tell.</summary>
    public long Undecryptable => Peer.Drops[Protocols.Drops.DropReason.SrtpAuthFailed];

    public uint VideoSsrc => Peer.Session!.Video!.RemoteSources[0].Ssrc;

    public uint AudioSsrc => Peer.Session!.Audio!.RemoteSources[0].Ssrc;

    private long NowMs => _harness.Now.Nanoseconds / 1_000_000;

    /// <summary>Notes a datagram that leaves for this viewer.</summary>
    public void OnSent(byte[] datagram)
    {
        if (datagram.Length <= RtpPacket.FixedHeaderLength || datagram[0] is < 128 or > 191 || datagram[1] is >= 192 and <= 223
            || !RtpPacket.TryParseProtected(datagram, out var packet))
        {
            return;
        }

        var record = packet.Ssrc.Value == VideoSsrc ? Video : packet.Ssrc.Value == AudioSsrc ? Audio : _retransmissions;
        record.OnSent(_harness.Now, packet.SequenceNumber, datagram);
        // RFC 3550 §5.1: the padding bit; what has padding on that stream is a probe.
        if (record == _retransmissions && (datagram[0] & 0x20) == 0)
        {
            Resent.Add((_harness.Now, datagram.Length));
        }

        if (TryReadTransportNumber(packet, out var number))
        {
            TransportNumbers.Add((number, record == _retransmissions));
        }
    }

    /// <summary>Sends what is due.</summary>
    public void Advance()
    {
        if (IsGone || !Peer.Connection!.IsConnected)
        {
            return;
        }

        Span<byte> packet = stackalloc byte[1_200];
        while (_nacks.TryWriteNack(_harness.Now, Own, new Ssrc(VideoSsrc), packet, out var length))
        {
            Send(packet[..length]);
        }

        if (_nacks.TryReadUnrecoverable())
        {
            RequestKeyFrame();
        }

        while (_feedback is not null && _feedback.TryWrite(_harness.Now, Own, new Ssrc(VideoSsrc), packet, out var length))
        {
            Send(packet[..length]);
        }

        if (NowMs >= _nextReport)
        {
            _nextReport = NowMs + 1_000;
            SendReport();
        }
    }

    public void Leave()
    {
        LeftAt = _harness.Now;
        Session.RequestClose(CloseReason.Requested);
    }

    public void RequestKeyFrame()
    {
        Span<byte> packet = stackalloc byte[16];
        Send(packet[..RtcpWriter.WritePictureLossIndication(packet, Own, new Ssrc(VideoSsrc))]);
    }

    private static OfferOptions MakeOffer(SimulatedViewerOptions options)
    {
        var offer = new OfferOptions
        {
            Role = NegotiationRole.Subscribe,
            Rtx = options.HasRtx,
            Data = options.Application is not null,
            VideoCodecs = options.Codecs ?? [SdpCodec.H264, SdpCodec.Vp8],
        };
        return options.HasTransportFeedback
            ? offer with
            {
                VideoFeedback = offer.VideoFeedback | FeedbackKinds.TransportCc,
                VideoExtensions = [.. offer.VideoExtensions, HeaderExtensionUris.TransportWideCc],
            }
            : offer;
    }

    private void SendReport()
    {
        for (; _senderReportsSeen < Peer.SenderReports.Count; _senderReportsSeen++)
        {
            var (ssrc, ntp, _) = Peer.SenderReports[_senderReportsSeen];
            if (ssrc == VideoSsrc)
            {
                _statistics.OnSenderReport(_harness.Now, ntp);
            }
        }

        if (!_statistics.TryTakeReportBlock(_harness.Now, new Ssrc(VideoSsrc), out var block))
        {
            return;
        }

        Span<byte> packet = stackalloc byte[64];
        Send(packet[..RtcpWriter.WriteReceiverReport(packet, Own, [block with { FractionLost = ReportedLoss ?? block.FractionLost }])]);
    }

    private void Send(ReadOnlySpan<byte> rtcp) => _harness.Send(Peer, Peer.ProtectRtcp(rtcp));

    private void OnArrived(byte[] plain)
    {
        Assert.True(RtpPacket.TryParse(plain, out var packet));
        AssertPadding(plain, packet);
        if (TryReadTransportNumber(packet, out var number))
        {
            _feedback!.OnPacket(_harness.Now, number);
        }

        if (packet.Ssrc.Value == AudioSsrc)
        {
            Take(Audio, packet, codec: null);
        }
        else if (packet.Ssrc.Value == VideoSsrc)
        {
            _statistics.OnPacket(_harness.Now, packet.SequenceNumber, packet.Timestamp);
            _nacks.OnPacket(_harness.Now, packet.SequenceNumber);
            Take(Video, packet, CodecOf(packet.PayloadType.Value, isRtx: false));
        }
        else
        {
            OnRetransmission(packet);
        }
    }

    private bool TryReadTransportNumber(in RtpPacket packet, out ushort number)
    {
        number = 0;
        return _feedback is not null
            && packet.TryGetExtension(Peer.Session!.Video!.Extensions[HeaderExtensionUris.TransportWideCc], out var value)
            && HeaderExtensionValues.TryReadTransportSequence(value, out number);
    }

    private void OnRetransmission(in RtpPacket packet)
    {
        Assert.Equal(Peer.Session!.Video!.RemoteSources[0].RtxSsrc, packet.Ssrc.Value);
        var codec = CodecOf(packet.PayloadType.Value, isRtx: true);
        var space = new byte[packet.Packet.Length];
        if (!RtxPayload.TryRestore(packet, TypeOf(codec), new Ssrc(VideoSsrc), space, out var length))
        {
            // A probe: padding alone.
            Assert.Equal(0, packet.Payload.Length);
            return;
        }

        Assert.True(RtpPacket.TryParse(space.AsSpan(0, length), out var restored));
        _nacks.OnPacket(_harness.Now, restored.SequenceNumber);
        Video.OnRetransmitted(_harness.Now, Video.Unwrap(restored.SequenceNumber));
        Take(Video, restored, codec);
    }

    private static void AssertPadding(byte[] plain, in RtpPacket packet)
    {
        // RFC 3550 §5.1: the last octet counts the padding, itself included; ours is zero otherwise.
        if (packet.PaddingLength > 0)
        {
            Assert.Equal(packet.PaddingLength, plain[^1]);
            Assert.Equal(-1, plain.AsSpan()[^packet.PaddingLength..^1].IndexOfAnyExcept((byte)0));
        }
    }

    private static void Take(StreamRecord record, in RtpPacket packet, VideoCodec? codec)
    {
        var number = record.Unwrap(packet.SequenceNumber);
        Assert.True(record.WasSent(number), $"number {number} arrived and was never sent");
        var payload = packet.Payload.ToArray();
        record.OnArrived(new Received(
            number, record.SentAt(number), packet.Timestamp.Value, packet.Marker, codec, Mark.TryRead(payload, out var mark) ? mark : null,
            payload));
    }

    private VideoCodec CodecOf(byte payloadType, bool isRtx)
    {
        var codec = Peer.Session!.Video!.Codecs.Single(
            candidate => (isRtx ? candidate.RtxPayloadType : candidate.PayloadType) == payloadType);
        return codec.Codec == SdpCodec.Vp8 ? VideoCodec.Vp8 : VideoCodec.H264;
    }

    private PayloadType TypeOf(VideoCodec codec) => new(
        Peer.Session!.Video!.Codecs.Single(candidate => candidate.Codec == (codec == VideoCodec.Vp8 ? SdpCodec.Vp8 : SdpCodec.H264)).PayloadType);
}
