using System.Buffers;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
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

    private const int TransportCcBlockLength = 8;

    // Where a choice of layers exists it is made this often, else once a second is enough to notice one.
    private static readonly TimeSpan LayerReviewInterval = TimeSpan.FromMilliseconds(100);

    // A feed that has no picture to start with must not keep a viewer in the room that it was told to leave.
    private static readonly TimeSpan LongestHandOff = TimeSpan.FromSeconds(2);

    private readonly bool _isReturn;
    private readonly ViewerTracks _tracks;
    private readonly DataApplication? _application;
    private readonly string _cname;
    private readonly List<(OutgoingStream Stream, ushort Number)> _resends = [];
    private FeedFanout? _fanout;
    private VideoSubscription? _video;
    private AudioSubscription? _audio;
    private HandOff? _handOff;
    private ViewerPath? _path;
    private Timestamp _nextLayerReview = Timestamp.Never;
    private ushort? _channel;
    private long _acknowledged;
    private bool _isNumbered;
    private long _estimate;

    // The room's codec, when the application was told that this viewer cannot take it.
    private VideoCodec? _toldLacking;
    private TimeSpan _roundTrip = TimeSpan.FromMilliseconds(50);

    internal ViewerSession(
        RelayCore relay, Room room, bool isReturn, string id, string identity, PeerConnection peer, string ufrag, ViewerTracks tracks,
        DataApplication? application, string cname)
        : base(relay, room, id, identity, peer, ufrag)
    {
        _isReturn = isReturn;
        _tracks = tracks;
        _application = application;
        _application?.BelongTo(this);
        _cname = cname;
    }

    /// <summary>When the first picture left for this viewer; null before. Any thread.</summary>
    public Timestamp? FirstVideoAt { get; private set; }

    /// <summary>Whether the viewer gets the overlay channel's messages; any thread.</summary>
    public bool HasOpenChannel => _channel is not null;

    private protected override Timestamp NextWork =>
        Timestamp.Min(
            Timestamp.Min(_nextLayerReview, _handOff is { } handOff ? handOff.Deadline : Timestamp.Never),
            _path?.NextTimeout ?? Timestamp.Never);

    /// <summary>It watches the room's return feed. Any thread.</summary>
    public bool IsReturn => _isReturn;

    /// <summary>What fits on the way to it; 0 where its encoding is not chosen by an estimate. Any thread.</summary>
    public long EstimateBitsPerSecond => Interlocked.Read(ref _estimate);

    /// <summary>Its picture; null before it is connected and without one. On its loop.</summary>
    internal VideoSubscription? Video => _video;

    /// <summary>What is known of the way to it; null before it is connected and without a picture. On its loop.</summary>
    internal ViewerPath? Path => _path;

    private Feed Feed => _isReturn ? Room.ReturnFeed : Room.Feed;

    /// <summary>Whether it can take a picture in this codec, or wanted none at all. Any thread.</summary>
    public bool Takes(VideoCodec codec) => _tracks.Video is null || _tracks.PayloadTypes.ForVideo(codec) is not null;

    /// <summary>
    /// Moves the viewer to another room's feed on the same connection: its picture changes at a key frame that is kept there, its numbers
    /// and timestamps go on. False when the session is closed or the room takes no more viewers; then nothing changes. Any thread.
    /// </summary>
    public bool HandOffTo(Room target)
    {
        if (_isReturn || IsClosed || Shard is not { } shard || target.TryAdd(this, Relay.Options.MaxViewersPerRoom) != RoomRefusal.None)
        {
            return false;
        }

        shard.Run(now =>
        {
            if (IsClosed)
            {
                target.Remove(this);
                return;
            }

            BeginHandOff(now, target);
            shard.Touch(this);
        });
        return true;
    }

    /// <summary>
    /// A room ends: who watches it ends with it, who is about to leave it leaves at once, and who was to come stays away. Any thread.
    /// </summary>
    internal void RequestLeave(Room room, CloseReason reason)
    {
        if (Shard is not { } shard)
        {
            RequestClose(reason);
            return;
        }

        shard.Run(now =>
        {
            if (Room != room)
            {
                CancelHandOff(room);
            }
            else if (_handOff is { } handOff)
            {
                CompleteHandOff(now, handOff);
            }
            else
            {
                Close(now, reason);
            }

            shard.Touch(this);
        });
    }

    /// <summary>Up to where it got what its room's viewers are sent; the rounds' alone.</summary>
    internal long HeardUpTo { get; set; }

    /// <summary>Hands a broadcast message to the viewer's application.</summary>
    internal void Hear(Timestamp now, object message)
    {
        if (_application is not null && _channel is not null)
        {
            _application.OnBroadcast(now, message);
            Shard!.Touch(this);
        }
    }

    /// <summary>
    /// Hands a message to this viewer's application alone, behind everything that the room's viewers were sent before. Any thread.
    /// </summary>
    internal void Post(object message) => Shard?.Run(now =>
    {
        if (!IsClosed)
        {
            _fanout?.Broadcasts.Tell(now, this);
            Hear(now, message);
        }
    });

    /// <summary>Tells the application when the room's picture is none for this viewer, unless it knows. On its loop.</summary>
    internal void NoticeCodec(Timestamp now)
    {
        if (_channel is null || _isReturn || IsClosed || Room.Codec is not { } codec)
        {
            return;
        }

        if (Takes(codec))
        {
            _toldLacking = null;
        }
        else if (_toldLacking != codec)
        {
            _toldLacking = codec;
            _application!.OnPictureLacking(now, codec);
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

    /// <summary>What is written next goes to this viewer; false when it cannot be sent to.</summary>
    internal bool TryAddress(DatagramWriter output)
    {
        if (IsClosed || Peer.Path is not { } path)
        {
            return false;
        }

        output.To(path);
        return true;
    }

    /// <summary>With its picture and sound as they are now, which stay for as long as it lives.</summary>
    internal FeedReceiver AsReceiver() => new(this, Peer, _video, _audio);

    /// <summary>What encrypts another stream of this viewer.</summary>
    internal SrtpSender OpenRtp(Ssrc ssrc) => Peer.OpenRtp(ssrc);

    private protected override void HandleRtp(Timestamp now, PacketBuffer packet)
    {
        // A viewer negotiated to receive only.
        Shard!.Drops.Count(DropReason.NotPermitted);
        packet.Dispose();
    }

    private protected override void HandleRtcp(Timestamp now, Timestamp arrivedAt, ReadOnlySpan<byte> packet)
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
                    HandleReport(now, block);
                }
            }
            else if (Nack.TryParse(part, out var nack))
            {
                QueueResends(nack);
            }
            else if (_path is not null && TransportFeedback.TryParse(part, out var feedback))
            {
                _path.OnFeedback(now, feedback);
                _nextLayerReview = Timestamp.Min(_nextLayerReview, now);
            }
            else if (part.IsPictureLossIndication || FullIntraRequest.TryParse(part, out _))
            {
                Counters.KeyFrameRequestsReceived++;
                if (_video is not null)
                {
                    _fanout?.Feed.RequestKeyFrame(_video.Layer);
                }
            }
        }
    }

    /// <summary>Sends what a pass of the feed brings: the picture, then the sound behind it. Returns how many packets.</summary>
    internal int SendBatch(Timestamp now, FeedBatch batch, DatagramWriter output)
    {
        if (!TryAddress(output))
        {
            return 0;
        }

        var sent = _video?.Send(now, batch, output) ?? 0;
        return sent + (_audio?.Send(now, batch, output) ?? 0);
    }

    /// <summary>The transport-wide number of the next packet, for congestion feedback; false where none is of use.</summary>
    internal bool TryTakeTransportSequence(Timestamp now, ViewerTrack track, int bodyLength, out ushort sequence)
    {
        if (!_isNumbered || track.TransportCcExtensionId == 0)
        {
            sequence = 0;
            return false;
        }

        sequence = _path!.OnPacketSent(now, RtpPacket.FixedHeaderLength + TransportCcBlockLength + bodyLength + SrtpContext.MaxOverhead);
        return true;
    }

    /// <summary>Whether a packet of the picture may be resent now.</summary>
    internal bool HasRoomForResend(Timestamp now) => _path is null || _path.HasRoomForResend(now);

    /// <summary>Notes a resend; its length is that before encryption.</summary>
    internal void NotePaused() => _path?.OnPaused();

    internal void NoteResent(int length) => _path?.OnResent(length + SrtpContext.MaxOverhead);

    /// <summary>The picture starts with what a fanout keeps: if it is another feed's, this viewer belongs there from now on.</summary>
    internal void NoteStarted(Timestamp now, FeedFanout fanout)
    {
        if (fanout != _fanout && _handOff is { } handOff)
        {
            CompleteHandOff(now, handOff);
        }
    }

    /// <summary>Another source plays for it, with other encodings to choose from.</summary>
    internal void NoteSourceChanged(Timestamp now)
    {
        _nextLayerReview = now;
        Shard!.Touch(this);
    }

    private protected override void OnConnected(Timestamp now)
    {
        _fanout = Feed.FanoutOn(Shard!);
        _fanout.Broadcasts.Add(this);
        if (_tracks.Audio is { } audio)
        {
            _audio = new AudioSubscription(MakeStream(audio, isVideo: false));
            _audio.Follow(_fanout);
        }

        if (_tracks.Video is { } video)
        {
            var first = FirstLayer(_fanout.Feed, video.TransportCcExtensionId > 0);
            _path = new ViewerPath(video.TransportCcExtensionId > 0);
            FollowChoice(now);
            _video = new VideoSubscription(this, MakeStream(video, isVideo: true));
            _video.Follow(_fanout, first);
            _nextLayerReview = now + LayerReviewInterval;
        }

        if (_audio is not null || _video is not null)
        {
            _fanout.AddReceiver(this);
        }
    }

    private protected override void OnClosed(Timestamp now)
    {
        if (_fanout is not null)
        {
            _fanout.Broadcasts.Remove(this);
            _fanout.RemoveReceiver(this);
            _video?.Stop();
        }

        _handOff?.Target.Remove(this);
        _application?.OnClosed();
    }

    private protected override void HandleWork(Timestamp now)
    {
        if (_handOff is { } handOff && now >= handOff.Deadline)
        {
            CompleteHandOff(now, handOff);
        }

        _path?.HandleTimeout(now);
        if (now >= _nextLayerReview)
        {
            ReviewLayers(now);
        }
    }

    private protected override void WriteOwn(Timestamp now, DatagramWriter output)
    {
        if (_resends.Count > 0 && TryAddress(output))
        {
            foreach (var (stream, number) in _resends)
            {
                stream.Resend(now, number, _roundTrip, output);
            }
        }

        _resends.Clear();
        while (_path is not null && _path.TryTakeProbe(now, out var burst))
        {
            if (!TryAddress(output) || _video!.Stream.SendPadding(now, _fanout!.Feed.ActiveCodec, burst.Bytes, output) == 0)
            {
                break;
            }
        }

        PumpData(now);
    }

    private protected override void WriteReports(Timestamp now, DatagramWriter output)
    {
        Span<byte> packet = stackalloc byte[256];
        var clock = _fanout?.Clock ?? default;
        var length = 0;
        length += WriteSenderReport(packet[length..], now, _audio?.Stream, clock.Audio);
        length += WriteSenderReport(packet[length..], now, _video?.Stream, clock.Video);
        if (length > 0)
        {
            var first = _audio?.Stream ?? _video!.Stream;
            length += RtcpWriter.WriteSourceDescription(packet[length..], first.Ssrc, _cname);
            WriteRtcp(packet[..length], output);
        }
    }

    private OutgoingStream MakeStream(ViewerTrack track, bool isVideo) => new(
        this, isVideo, track, _tracks.PayloadTypes, Relay.NextFirstSequenceNumber(), Relay.NextFirstSequenceNumber());

    private int WriteSenderReport(Span<byte> destination, Timestamp now, OutgoingStream? stream, CaptureMapping? mapping)
    {
        // None for a track that sent nothing lately, or whose capture time is not known: a guess from arrival would tear lip sync
        // (protocol notes, trap 12).
        if (stream?.Run is not { } run || mapping is not { } line || !stream.HasSent || run.Fanout != _fanout
            || now - stream.LastSent > TimeSpan.FromSeconds(2))
        {
            return 0;
        }

        var wallClock = Shard!.WallClock;
        return RtcpWriter.WriteSenderReport(
            destination, stream.Ssrc, wallClock, new RtpTimestamp(line.TimestampAt(wallClock) + run.TimestampOffset), stream.PacketsSent,
            stream.OctetsSent,
            default);
    }

    /// <summary>The encodings that come, smallest first, as far as the machine sends them now, and their rates.</summary>
    private int ReadLayers(Feed? feed, Span<int> ranked, Span<long> rates)
    {
        if (feed?.Layers is not { } layers)
        {
            return 0;
        }

        var count = Math.Min(layers.Ranked(ranked), Relay.MaxLayer + 1);
        for (var rank = 0; rank < count; rank++)
        {
            rates[rank] = layers.BitRate(ranked[rank]);
        }

        return count;
    }

    /// <summary>Numbers what is sent while there is something to choose.</summary>
    private void FollowChoice(Timestamp now)
    {
        Span<int> ranked = stackalloc int[SourceLayers.Max];
        Span<long> rates = stackalloc long[SourceLayers.Max];
        var count = ReadLayers(_fanout?.Feed, ranked, rates);
        FollowChoice(now, rates[..count]);
    }

    private void FollowChoice(Timestamp now, ReadOnlySpan<long> rates)
    {
        _path!.OnLayers(now, rates, _fanout?.Feed.Layers?.FullRate ?? 0);
        _isNumbered = _path.IsEstimating;
        Interlocked.Exchange(ref _estimate, _path.EstimateBitsPerSecond ?? 0);
    }

    /// <summary>The layer to start with.</summary>
    private int FirstLayer(Feed feed, bool hasTransportFeedback)
    {
        Span<int> ranked = stackalloc int[SourceLayers.Max];
        Span<long> rates = stackalloc long[SourceLayers.Max];
        var count = ReadLayers(feed, ranked, rates);
        return count == 0 ? 0 : ranked[ViewerPath.FirstRank(rates[..count], hasTransportFeedback, feed.Layers?.FullRate ?? 0)];
    }

    private void ReviewLayers(Timestamp now)
    {
        Span<int> ranked = stackalloc int[SourceLayers.Max];
        Span<long> rates = stackalloc long[SourceLayers.Max];
        var count = ReadLayers(_fanout?.Feed, ranked, rates);
        _nextLayerReview = now + (count > 1 ? LayerReviewInterval : TimeSpan.FromSeconds(1));
        if (_path is null)
        {
            return;
        }

        FollowChoice(now, rates[..count]);
        if (count == 0 || _video is not { IsLive: true } video)
        {
            return;
        }

        var rank = count == 1 ? 0 : _path.Choose(now, rates[..count], Math.Max(ranked[..count].IndexOf(video.Layer), 0));
        video.Want(now, ranked[rank], isUrgent: count > 1 && _path.IsUrgent);
    }

    private void HandleReport(Timestamp now, in ReportBlock block)
    {
        var roundTrip = block.RoundTrip(Shard!.WallClockAt(now));
        _roundTrip = roundTrip ?? _roundTrip;
        if (_video is not null && block.Ssrc == _video.Stream.Ssrc)
        {
            Span<int> ranked = stackalloc int[SourceLayers.Max];
            Span<long> rates = stackalloc long[SourceLayers.Max];
            _path!.OnReport(now, block.FractionLost, roundTrip, rates[..ReadLayers(_fanout?.Feed, ranked, rates)]);
        }
    }

    private void BeginHandOff(Timestamp now, Room target)
    {
        // Told to go somewhere else meanwhile: the last word counts.
        if (_handOff?.Target == target)
        {
            return;
        }

        CancelHandOff(_handOff?.Target);

        // An order in between may have given up the place that was taken when this one was given.
        if (target == Room || target.TryAdd(this, Relay.Options.MaxViewersPerRoom) != RoomRefusal.None)
        {
            return;
        }

        if (_fanout is null)
        {
            // Not connected yet: it begins there.
            MoveTo(now, target, mediaOffset: 0, TimeSpan.Zero);
            return;
        }

        _handOff = new HandOff(target, now, now + LongestHandOff);
        if (_video is null)
        {
            CompleteHandOff(now, _handOff);
        }
        else
        {
            var first = FirstLayer(target.Feed, _tracks.Video!.TransportCcExtensionId > 0);
            _video.Follow(target.Feed.FanoutOn(Shard!), first);
        }
    }

    private void CancelHandOff(Room? target)
    {
        if (target is not null && _handOff?.Target == target)
        {
            _handOff = null;
            target.Remove(this);
            _video?.Stay();
        }
    }

    private void CompleteHandOff(Timestamp now, HandOff handOff)
    {
        _handOff = null;
        var fanout = handOff.Target.Feed.FanoutOn(Shard!);
        if (_fanout is { } old)
        {
            // What it is owed there must be with it before it says goodbye.
            old.Broadcasts.Tell(now, this);
            old.Broadcasts.Remove(this);
            old.RemoveReceiver(this);
        }

        _fanout = fanout;
        fanout.Broadcasts.Add(this);
        if (_audio is not null || _video is not null)
        {
            fanout.AddReceiver(this);
        }

        // Where the picture has not begun there, it leaves the old feed without one.
        var offset = _video?.Move(now) ?? 0;
        _audio?.Follow(fanout);
        _nextLayerReview = now + LayerReviewInterval;
        MoveTo(now, handOff.Target, offset, now - handOff.BeganAt);
        Shard!.Touch(this);
    }

    private void MoveTo(Timestamp now, Room target, uint mediaOffset, TimeSpan elapsed)
    {
        var from = Room;
        ChangeRoom(target);
        from.Remove(this);
        _application?.OnHandedOff(now, target, mediaOffset);
        _toldLacking = null;
        NoticeCodec(now);
        Relay.OnHandedOff(this, from, elapsed);
    }

    private void QueueResends(in Nack nack)
    {
        var stream = nack.MediaSsrc == _video?.Stream.Ssrc ? _video.Stream
            : nack.MediaSsrc == _audio?.Stream.Ssrc ? _audio.Stream
            : null;
        if (stream is null)
        {
            return;
        }

        foreach (var number in nack)
        {
            Counters.NacksReceived++;
            if (_resends.Count < MaxPendingResends)
            {
                _resends.Add((stream, number.Value));
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
                    _toldLacking = null;
                    NoticeCodec(now);
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

        if (data.AcknowledgedBytes is var acknowledged && acknowledged != _acknowledged)
        {
            _acknowledged = acknowledged;
            _application.OnAcknowledged(now, acknowledged);
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
            _application.OnSent(data.AcceptedBytes);
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

    private sealed record HandOff(Room Target, Timestamp BeganAt, Timestamp Deadline);
}
