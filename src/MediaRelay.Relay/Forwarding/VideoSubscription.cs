using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// One viewer's picture. It starts at the newest key frame that the loop keeps and is fed what followed, quickly and pressed together,
/// until it is level with the feed; from then on it changes layer at a key frame of the wanted one, and source when the feed does.
/// </summary>
internal sealed class VideoSubscription(ViewerSession viewer, OutgoingStream stream)
{
    private const int ClockRate = 90_000;
    private const uint FrameTicks = ClockRate / 30;

    // A kept second is through in an eighth of one: quicker than that is a burst that a phone's line drops, slower leaves a delay.
    private const int CatchUpPace = 8;
    private static readonly TimeSpan KeyFrameRequestInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan YoungEnough = TimeSpan.FromSeconds(1);

    // As many packets as a fanout's slices would be in the time between two steps.
    private static readonly int MostPerStep = (int)(FeedFanout.SliceLength * FeedFanout.CatchUpDistance / FeedFanout.SliceDistance);

    // Packets that had not come when the pictures around them were sent; more than this are lost, and the viewer asks for them itself.
    private const int MaxMissed = 64;

    private FeedFanout? _fanout;
    private FeedFanout? _target;
    private List<long>? _missed;
    private uint? _plannedOffset;
    private State _state = State.Waiting;
    private int _wanted;
    private int _wantedThere;
    private int _epoch = -1;
    private int _watched;
    private long _cursor;
    private bool _isPaused;
    private StartPace? _pace;
    private Timestamp _catchUpStarted;
    private Timestamp _catchUpFrom;
    private Timestamp _nextKeyFrameRequest = Timestamp.Zero;

    private enum State
    {
        Waiting,
        CatchingUp,
        Live,
    }

    public OutgoingStream Stream { get; } = stream;

    /// <summary>The layer that is sent now.</summary>
    public int Layer { get; private set; }

    /// <summary>Level with the feed; before that it waits for a key frame or catches up.</summary>
    public bool IsLive => _state == State.Live;

    /// <summary>It has begun with what that fanout keeps and is not level with it yet.</summary>
    public bool IsCatchingUp(FeedFanout fanout) => _state == State.CatchingUp && _fanout == fanout;

    /// <summary>Starts with that feed; what plays goes on until its key frame is there. An earlier start that waits is given up.</summary>
    public void Follow(FeedFanout fanout, int layer)
    {
        StopWaiting();
        _target = fanout;
        _nextKeyFrameRequest = Timestamp.Zero;
        fanout.AddStarting(this);
        if (_fanout is null)
        {
            // Nothing plays yet: the layer is watched from now on, so that it comes.
            _fanout = fanout;
            _wanted = layer;
            Layer = layer;
            UpdateWatch();
        }
        else
        {
            _wantedThere = layer;
        }
    }

    /// <summary>Gives up a start elsewhere that waits; what plays goes on, and what does not yet is waited for again.</summary>
    public void Stay()
    {
        StopWaiting();
        if (_state == State.Waiting && _fanout is { } own)
        {
            _target = own;
            own.AddStarting(this);
        }
    }

    /// <summary>
    /// Leaves what plays for the feed that it waits for, although that has no picture to start with. Returns what is to be added to
    /// that feed's media time for the viewer's timestamps.
    /// </summary>
    public uint Move(Timestamp now)
    {
        if (_target is not { } target || target == _fanout)
        {
            return Stream.Run?.TimestampOffset ?? 0;
        }

        SetWatch(0);
        if (_state == State.CatchingUp)
        {
            _fanout!.RemoveStarting(this);
        }

        _state = State.Waiting;
        _fanout = target;
        _wanted = _wantedThere;
        Layer = _wantedThere;
        _isPaused = false;
        UpdateWatch();
        _plannedOffset = Stream.HasSent
            ? Stream.LastTimestamp + (uint)Math.Max(ElapsedTicks(now), FrameTicks) - (uint)target.Feed.MediaTime(now)
            : 0;
        return _plannedOffset.Value;
    }

    /// <summary>
    /// The layer to change to at its next key frame; when it is urgent, what we have is not sent until then.
    /// </summary>
    public void Want(Timestamp now, int layer, bool isUrgent = false)
    {
        if (layer != _wanted)
        {
            _wanted = layer;
            UpdateWatch();
        }

        // What was left out cannot be sent any more: after a pause even the same layer begins with a key frame.
        if (isUrgent && _wanted != Layer && !_isPaused)
        {
            _isPaused = true;
            Stream.GiveUpSent();
            viewer.NotePaused();
        }

        if (_wanted != Layer || _isPaused)
        {
            RequestKeyFrame(now, _fanout!, _wanted, isUrgent: _isPaused);
        }
    }

    /// <summary>The viewer is gone, or leaves its feed without another.</summary>
    public void Stop()
    {
        StopWaiting();
        if (_state == State.CatchingUp)
        {
            _fanout?.RemoveStarting(this);
        }

        SetWatch(0);
        _state = State.Waiting;
        _fanout = null;
    }

    /// <summary>Sends what a pass brings; returns how many packets.</summary>
    public int Send(Timestamp now, FeedBatch batch, DatagramWriter output)
    {
        if (_state != State.Live)
        {
            return 0;
        }

        var sent = 0;
        if (batch.Epoch > _epoch || ((_wanted != Layer || _isPaused) && (batch.KeyFrameLayers & (1 << _wanted)) != 0))
        {
            sent = Switch(now, batch, output);
        }

        if (_isPaused || _state != State.Live)
        {
            return sent;
        }

        foreach (ref readonly var packet in batch.Video(Layer))
        {
            // What catching up has sent already is before the cursor.
            if ((packet.Sequence >= _cursor || _missed?.Remove(packet.Sequence) == true) && Stream.Send(now, packet, output))
            {
                sent++;
            }
        }

        return sent;
    }

    /// <summary>
    /// Starts from the kept key frame of a fanout, and sends what followed it; true when there is nothing more to do there.
    /// </summary>
    public bool CatchUp(Timestamp now, FeedFanout fanout, DatagramWriter output)
    {
        if (!IsCatchingUp(fanout) && !TryStart(now, fanout))
        {
            return false;
        }

        if (!viewer.TryAddress(output))
        {
            return false;
        }

        var history = fanout.Video(Layer);
        SendMissed(now, history, output);
        _pace?.Update(now, viewer.Path?.EstimateBitsPerSecond);
        var horizon = _catchUpFrom + ((now - _catchUpStarted) * CatchUpPace);
        for (var sent = 0; _cursor < history.Next; _cursor++)
        {
            if (history.TryGet(_cursor, out var packet))
            {
                if (packet.ReceivedAt > horizon || sent++ == MostPerStep || _pace is { HasRoom: false })
                {
                    return false;
                }

                Stream.Send(now, packet, output);
                _pace?.Take(packet.PayloadLength);
            }
            else
            {
                NoteMissed(_cursor);
            }
        }

        _state = State.Live;
        _pace = null;
        return true;
    }

    private void NoteMissed(long sequence)
    {
        _missed ??= [];
        if (_missed.Count < MaxMissed)
        {
            _missed.Add(sequence);
        }
    }

    /// <summary>Packets that came after the ones around them were sent.</summary>
    private void SendMissed(Timestamp now, PacketHistory history, DatagramWriter output)
    {
        for (var i = (_missed?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (history.TryGet(_missed![i], out var packet))
            {
                Stream.Send(now, packet, output);
                _missed.RemoveAt(i);
            }
        }
    }

    private void StopWaiting()
    {
        _target?.RemoveStarting(this);
        _target = null;
    }

    private bool TryStart(Timestamp now, FeedFanout fanout)
    {
        var wanted = fanout == _fanout ? _wanted : _wantedThere;
        var found = TryFindKeyFrame(now, fanout, wanted, out var keyFrame);
        if (!found || now - keyFrame.ReceivedAt > YoungEnough)
        {
            // Coalesced at the feed: however many join, the host hears it once a second.
            RequestKeyFrame(now, fanout, found ? keyFrame.Layer : -1);
        }

        if (!found)
        {
            return false;
        }

        // What comes next comes now: where nothing has come for a while (nobody watched) the kept pictures belong right before that.
        var history = fanout.Video(keyFrame.Layer);
        var level = keyFrame.Timestamp + (uint)TicksOf(now - keyFrame.ReceivedAt);
        if (history.TryGet(history.Next - 1, out var newest))
        {
            var present = newest.Timestamp + (uint)TicksOf(now - newest.ReceivedAt);
            level = (int)(present - keyFrame.Timestamp) > 0 ? present : keyFrame.Timestamp;
        }

        Stream.Begin(fanout, keyFrame, OffsetOf(now, keyFrame.Timestamp, level), level);
        _plannedOffset = null;
        if (_fanout != fanout)
        {
            SetWatch(0);
            if (_state == State.CatchingUp)
            {
                _fanout!.RemoveStarting(this);
            }

            _fanout = fanout;
            _wanted = wanted;
        }

        _target = null;
        _missed?.Clear();
        _isPaused = false;
        _pace = null;
        _state = State.CatchingUp;
        Layer = keyFrame.Layer;
        _epoch = keyFrame.Epoch;
        _cursor = keyFrame.Sequence;
        _catchUpStarted = now;
        _catchUpFrom = keyFrame.ReceivedAt;
        UpdateWatch();
        viewer.NoteStarted(now, fanout);
        return true;
    }

    /// <summary>A key frame of what plays now, of the wanted layer if there is one.</summary>
    private static bool TryFindKeyFrame(Timestamp now, FeedFanout fanout, int wanted, out FeedPacket keyFrame)
    {
        keyFrame = default;
        var found = false;
        for (var layer = 0; layer < SourceLayers.Max; layer++)
        {
            if (fanout.ExistingVideo(layer) is { } history && history.TryGetKeyFrame(now, out var candidate)
                && candidate.Epoch == fanout.Epoch && (!found || layer == wanted))
            {
                keyFrame = candidate;
                found = true;
            }
        }

        return found;
    }

    /// <summary>
    /// The offset with which pictures from <paramref name="first"/> on, pressed together up to <paramref name="level"/>, come behind what
    /// was sent.
    /// </summary>
    private uint OffsetOf(Timestamp now, uint first, uint level)
    {
        if (!Stream.HasSent)
        {
            return 0;
        }

        var least = ((level - first) / FeedRun.Pressed) + FrameTicks;
        if (_plannedOffset is { } planned && (int)(level + planned - Stream.LastTimestamp) >= least)
        {
            return planned;
        }

        return Stream.LastTimestamp + (uint)Math.Max(ElapsedTicks(now), least) - level;
    }

    private long ElapsedTicks(Timestamp now) => TicksOf(now - Stream.LastSent);

    private static long TicksOf(TimeSpan time) => time.Ticks * ClockRate / TimeSpan.TicksPerSecond;

    /// <summary>Changes layer or source where the batch allows it, and sends what still belongs before; returns how many packets.</summary>
    private int Switch(Timestamp now, FeedBatch batch, DatagramWriter output)
    {
        var isOtherSource = batch.Epoch > _epoch;
        if (isOtherSource && !_isPaused && HasEpoch(batch, Layer))
        {
            // The source changed on the layer that we have: the feed's own timeline is continuous.
            _epoch = batch.Epoch;
            isOtherSource = false;
            viewer.NoteSourceChanged(now);
        }

        if (!TryFindSwitch(batch, isOtherSource, out var layer, out var place))
        {
            if (isOtherSource)
            {
                // Its key frame has passed, or has not come to this loop yet.
                RequestKeyFrame(now, _fanout!, -1);
            }

            return 0;
        }

        var keyFrame = batch.Video(layer)[place];
        var sent = 0;
        foreach (ref readonly var packet in batch.Video(Layer))
        {
            if (!_isPaused && packet.Sequence >= _cursor && packet.Epoch <= _epoch && (int)(packet.Timestamp - keyFrame.Timestamp) < 0
                && Stream.Send(now, packet, output))
            {
                sent++;
            }
        }

        Stream.Begin(_fanout!, keyFrame, Stream.Run!.TimestampOffset, LevelBehindSent(keyFrame.Timestamp));
        _epoch = Math.Max(_epoch, keyFrame.Epoch);
        Layer = layer;
        _missed?.Clear();
        _cursor = keyFrame.Sequence;
        if (_isPaused)
        {
            // What led to the pause still lies in a queue on the path, and a key frame in one go would not fit behind it.
            _isPaused = false;
            _state = State.CatchingUp;
            _catchUpStarted = now;
            _catchUpFrom = keyFrame.ReceivedAt;
            _pace = new StartPace(now);
            _fanout!.AddStarting(this);
        }

        if (isOtherSource)
        {
            _wanted = layer;
            viewer.NoteSourceChanged(now);
        }

        UpdateWatch();
        viewer.Counters.LayerSwitches++;
        return sent;
    }

    private static bool HasEpoch(FeedBatch batch, int layer)
    {
        foreach (ref readonly var packet in batch.Video(layer))
        {
            if (packet.Epoch == batch.Epoch)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindSwitch(FeedBatch batch, bool isOtherSource, out int layer, out int place)
    {
        for (var i = 0; i < SourceLayers.Max; i++)
        {
            // The wanted one first.
            layer = (_wanted + i) % SourceLayers.Max;
            if ((layer == Layer && !_isPaused) || (!isOtherSource && layer != _wanted))
            {
                continue;
            }

            var packets = batch.Video(layer);
            for (place = 0; place < packets.Length; place++)
            {
                if (packets[place].IsKeyFrameStart && packets[place].Epoch == batch.Epoch)
                {
                    return true;
                }
            }
        }

        layer = place = -1;
        return false;
    }

    /// <summary>
    /// A key frame takes longer on its way than the pictures of the layer that we had; where it lies before what was sent, it and what
    /// follows are pressed together behind that until they are level.
    /// </summary>
    private uint LevelBehindSent(uint first)
    {
        var behind = (int)(Stream.LastTimestamp - Stream.Run!.TimestampOffset - first);
        return behind < 0 ? first : first + (uint)(behind + (behind / (FeedRun.Pressed - 1)) + (2 * FeedRun.Pressed));
    }

    private void RequestKeyFrame(Timestamp now, FeedFanout fanout, int layer, bool isUrgent = false)
    {
        if (now >= _nextKeyFrameRequest)
        {
            _nextKeyFrameRequest = now + KeyFrameRequestInterval;
            fanout.Feed.RequestKeyFrame(layer, isUrgent);
        }
    }

    private void UpdateWatch() => SetWatch((1 << Layer) | (1 << _wanted));

    private void SetWatch(int layers)
    {
        var changed = layers ^ _watched;
        _watched = layers;
        for (var layer = 0; layer < SourceLayers.Max; layer++)
        {
            if ((changed & (1 << layer)) == 0)
            {
                continue;
            }

            if ((layers & (1 << layer)) != 0)
            {
                _fanout!.Watch(layer);
            }
            else
            {
                _fanout!.Unwatch(layer);
            }
        }
    }
}
