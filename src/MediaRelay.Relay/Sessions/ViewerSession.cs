using System.Buffers;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Sessions;

/// <summary>Someone who watches a feed (WHEP), with a data channel if wanted; or who takes data only.</summary>
public sealed class ViewerSession : PeerSession
{
    // A burst of loss is answered in the next flush; more than this in one turn is a storm and the rest is not answered.
    private const int MaxPendingResends = 256;

    // What may lie in the association: one window of a good line. Behind it the lanes shed, so this must stay small.
    private const int MaxAssociationBacklog = 64 * 1024;

    private readonly Feed _feed;
    private readonly ViewerTracks _tracks;
    private readonly DataApplication? _application;
    private readonly string _cname;
    private readonly List<(Subscription Subscription, ushort Number)> _resends = [];
    private FeedFanout? _fanout;
    private Subscription? _video;
    private Subscription? _audio;
    private ushort? _channel;
    private TimeSpan _roundTrip = TimeSpan.FromMilliseconds(50);

    internal ViewerSession(
        RelayCore relay, Room room, Feed feed, string id, string identity, PeerConnection peer, string ufrag, ViewerTracks tracks,
        DataApplication? application, string cname)
        : base(relay, room, id, identity, peer, ufrag)
    {
        _feed = feed;
        _tracks = tracks;
        _application = application;
        _cname = cname;
    }

    /// <summary>When the first picture left for this viewer; null before. Any thread.</summary>
    public Timestamp? FirstVideoAt { get; private set; }

    /// <summary>Whether the viewer gets the overlay channel's messages; any thread.</summary>
    public bool HasOpenChannel => _channel is not null;

    /// <summary>Hands a broadcast message to the viewer's application.</summary>
    internal void Broadcast(Timestamp now, object message)
    {
        if (_application is not null && _channel is not null)
        {
            _application.OnBroadcast(now, message);
            Shard!.Touch(this);
        }
    }

    internal void NoteFirstVideo(Timestamp now)
    {
        if (FirstVideoAt is null)
        {
            FirstVideoAt = now;
            Relay.OnFirstVideo(this, now);
        }
    }

    /// <summary>Encrypts one packet into the send batch; false when the peer cannot be sent to yet.</summary>
    internal bool WriteRtp(Timestamp now, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, DatagramWriter output)
    {
        if (Peer.Path is not { } path || IsClosed)
        {
            return false;
        }

        var space = output.Reserve(path, header.Length + payload.Length + SrtpContext.MaxOverhead);
        var length = Peer.ProtectRtp(header, payload, space);
        if (length == 0)
        {
            return false;
        }

        output.Commit(length);
        Counters.RtpPacketsSent++;
        Counters.RtpBytesSent += length;
        return true;
    }

    private protected override void HandleRtp(Timestamp now, PacketBuffer packet)
    {
        // A viewer negotiated to receive only.
        Shard!.Drops.Count(DropReason.NotPermitted);
        packet.Dispose();
    }

    private protected override void HandleRtcp(Timestamp now, ReadOnlySpan<byte> packet)
    {
        if (!RtcpReader.TryParse(packet, out var reader))
        {
            Shard!.Drops.Count(DropReason.RtcpMalformed);
            return;
        }

        while (reader.TryReadNext(out var part))
        {
            if (ReceiverReport.TryParse(part, out var report))
            {
                foreach (var block in report.ReportBlocks)
                {
                    _roundTrip = block.RoundTrip(Shard!.WallClockAt(now)) ?? _roundTrip;
                }
            }
            else if (Nack.TryParse(part, out var nack))
            {
                QueueResends(nack);
            }
            else if (part.IsPictureLossIndication || FullIntraRequest.TryParse(part, out _))
            {
                Counters.KeyFrameRequestsReceived++;
                _feed.Home.Run(_feed.RequestKeyFrame);
            }
        }
    }

    private protected override void OnConnected(Timestamp now)
    {
        _fanout = _feed.FanoutOn(Shard!);
        _fanout.Viewers.Add(this);
        if (_tracks.Audio is { } audio)
        {
            _audio = Subscribe(audio, isVideo: false, now);
        }

        if (_tracks.Video is { } video)
        {
            _video = Subscribe(video, isVideo: true, now);
        }
    }

    private protected override void OnClosed(Timestamp now)
    {
        if (_fanout is not null)
        {
            _fanout.Viewers.Remove(this);
            if (_audio is not null)
            {
                _fanout.Remove(_audio);
            }

            if (_video is not null)
            {
                _fanout.Remove(_video);
            }
        }

        _application?.OnClosed();
    }

    private protected override void WriteOwn(Timestamp now, DatagramWriter output)
    {
        foreach (var (subscription, number) in _resends)
        {
            subscription.Resend(now, number, _roundTrip, output);
        }

        _resends.Clear();
        PumpData(now);
    }

    private protected override void WriteReports(Timestamp now, DatagramWriter output)
    {
        Span<byte> packet = stackalloc byte[256];
        var clock = _fanout?.Clock ?? default;
        var length = 0;
        length += WriteSenderReport(packet[length..], now, _audio, clock.Audio);
        length += WriteSenderReport(packet[length..], now, _video, clock.Video);
        if (length > 0)
        {
            var first = _audio ?? _video;
            length += RtcpWriter.WriteSourceDescription(packet[length..], first!.Ssrc, _cname);
            WriteRtcp(packet[..length], output);
        }
    }

    private Subscription Subscribe(ViewerTrack track, bool isVideo, Timestamp now)
    {
        var subscription = new Subscription(
            this, _fanout!, isVideo, track.Ssrc, _tracks.PayloadTypes, track.Mid, track.MidExtensionId, Relay.NextFirstSequenceNumber());
        _fanout!.Add(now, subscription);
        return subscription;
    }

    private int WriteSenderReport(Span<byte> destination, Timestamp now, Subscription? subscription, Feedback.CaptureMapping? mapping)
    {
        // None for a track that sent nothing lately, or whose capture time is not known: a guess from arrival would tear lip sync
        // (protocol notes, trap 12).
        if (subscription is null || mapping is not { } line || !subscription.HasSent || now - subscription.LastSent > TimeSpan.FromSeconds(2))
        {
            return 0;
        }

        var wallClock = Shard!.WallClock;
        return RtcpWriter.WriteSenderReport(
            destination, subscription.Ssrc, wallClock, new RtpTimestamp(line.TimestampAt(wallClock)), subscription.PacketsSent,
            subscription.OctetsSent,
            default);
    }

    private void QueueResends(in Nack nack)
    {
        var subscription = nack.MediaSsrc == _video?.Ssrc ? _video : nack.MediaSsrc == _audio?.Ssrc ? _audio : null;
        if (subscription is null)
        {
            return;
        }

        foreach (var number in nack)
        {
            Counters.NacksReceived++;
            if (_resends.Count < MaxPendingResends)
            {
                _resends.Add((subscription, number.Value));
            }
        }
    }

    private void PumpData(Timestamp now)
    {
        if (Peer.Data is not { } data || _application is null)
        {
            return;
        }

        while (data.TryReadEvent(out var channelEvent))
        {
            switch (channelEvent.Kind)
            {
                case DataChannelEventKind.ChannelOpened
                    when _channel is null && channelEvent.Channel!.Label == DataApplication.ChannelLabel:
                    _channel = channelEvent.Channel.Id;
                    _application.OnOpened(now);
                    break;
                case DataChannelEventKind.ChannelClosed when channelEvent.Channel!.Id == _channel:
                    _channel = null;
                    break;
                case DataChannelEventKind.Message when channelEvent.Channel!.Id == _channel:
                    Counters.DataMessagesReceived++;
                    _application.OnMessage(now, channelEvent.Data.Span);
                    break;
            }
        }

        if (_channel is { } channel)
        {
            SendWaiting(now, data, channel);
        }
    }

    private void SendWaiting(Timestamp now, DataChannelTransport data, ushort channel)
    {
        while (data.BufferedBytes < MaxAssociationBacklog && _application!.TryPeek(now, out var message))
        {
            if (!TrySend(now, data, channel, message))
            {
                return;
            }

            Counters.DataMessagesSent++;
            _application.Advance();
        }
    }

    private static bool TrySend(Timestamp now, DataChannelTransport data, ushort channel, in ReadOnlySequence<byte> message)
    {
        if (message.IsSingleSegment)
        {
            return data.TrySend(now, channel, message.FirstSpan, isBinary: true);
        }

        var length = (int)message.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            message.CopyTo(whole);
            return data.TrySend(now, channel, whole.AsSpan(0, length), isBinary: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
