using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Broadcasts;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// The part of a feed on one loop: what is kept of it there and who watches there. What a turn brings is sent viewer by viewer, not
/// packet by packet, so that one viewer's datagrams lie side by side in the send batch and leave in one run.
/// </summary>
internal sealed class FeedFanout(Feed feed, RelayShard shard) : IDisposable
{
    /// <summary>A key frame of more packets leaves in slices of this many, so that no viewer's line gets it in one go.</summary>
    public const int SliceLength = 16;

    /// <summary>Between two slices: 16 packets in 2 ms are 75 Mbit/s.</summary>
    public static readonly TimeSpan SliceDistance = TimeSpan.FromMilliseconds(2);

    /// <summary>Who catches up is sent a step of it this often.</summary>
    public static readonly TimeSpan CatchUpDistance = TimeSpan.FromMilliseconds(5);

    private const int FirstVideoCapacity = 256;
    private const int FirstAudioCapacity = 64;

    private readonly PacketHistory?[] _video = new PacketHistory?[SourceLayers.Max];
    private readonly PacketHistory _audio = new(FirstAudioCapacity);
    private readonly List<FeedReceiver> _receivers = [];
    private readonly List<VideoSubscription> _starting = [];
    private readonly int[] _watchers = new int[SourceLayers.Max];
    private readonly FeedBatch _pending = new();
    private readonly FeedBatch _batch = new();
    private Timestamp _nextSlice = Timestamp.Zero;
    private Timestamp _nextCatchUp = Timestamp.Zero;
    private volatile bool _needsPackets;
    private int _cursor;
    private bool _isPending;

    public Feed Feed { get; } = feed;

    public RelayShard Shard { get; } = shard;

    public FeedClock Clock { get; set; }

    /// <summary>The newest source switch whose pictures arrived here.</summary>
    public int Epoch { get; private set; }

    /// <summary>Every viewer of the feed on this loop, also those who take data only.</summary>
    public IReadOnlyList<ViewerSession> Viewers => Broadcasts.Viewers;

    /// <summary>Messages on their data channels.</summary>
    public BroadcastRounds Broadcasts { get; } = new(shard);

    /// <summary>Somebody here watches or waits; any thread.</summary>
    public bool NeedsPackets
    {
        get => _needsPackets;
        private set => _needsPackets = value;
    }

    /// <summary>When <see cref="Flush"/> has something to do.</summary>
    public Timestamp NextFlush => !_isPending ? Timestamp.Never : _batch.IsEmpty && _pending.Audio.IsEmpty ? _nextSlice : Timestamp.Zero;

    /// <summary>When <see cref="HandleTimeout"/> must be called, beside the looks at all timers that the loop takes anyway.</summary>
    public Timestamp NextTimeout { get; private set; } = Timestamp.Never;

    public PacketHistory Video(int layer) => _video[layer] ??= new PacketHistory(FirstVideoCapacity);

    public PacketHistory? ExistingVideo(int layer) => _video[layer];

    public PacketHistory Audio => _audio;

    public IEnumerable<FeedPacket> KeptPackets() =>
        _audio.Packets().Concat(_video.SelectMany(history => history?.Packets() ?? []));

    /// <summary>
    /// Takes a packet of the feed: keeps it and puts it before the next pass. One that is there already (a resend that was not needed)
    /// goes no further. The caller keeps its own reference.
    /// </summary>
    public void Enqueue(Timestamp now, in FeedPacket packet)
    {
        if (!Keep(now, packet) || _receivers.Count == 0)
        {
            return;
        }

        packet.Buffer.Retain();
        var newest = (packet.IsVideo ? Video(packet.Layer) : _audio).Next - 1;
        _pending.Add(packet.Sequence < newest ? packet with { IsLate = true } : packet);
        if (!_isPending)
        {
            _isPending = true;
            Shard.AddPending(this);
        }
    }

    /// <summary>Keeps a packet for resends and for who joins; false when it is there already or too old.</summary>
    public bool Keep(Timestamp now, in FeedPacket packet)
    {
        var history = packet.IsVideo ? Video(packet.Layer) : _audio;
        if (!history.Add(now, packet))
        {
            return false;
        }

        if (packet.IsVideo)
        {
            Epoch = Math.Max(Epoch, packet.Epoch);
            if (packet.IsKeyFrameStart && _starting.Count > 0)
            {
                Shard.HastenSweep();
            }
        }

        return true;
    }

    /// <summary>
    /// Sends to as many viewers as <paramref name="budget"/> packets allow; true when nothing waits any more, else it is to be called
    /// again (at <see cref="NextFlush"/>).
    /// </summary>
    public bool Flush(Timestamp now, DatagramWriter output, ref int budget)
    {
        while (budget > 0)
        {
            if (_batch.IsEmpty && !TryBegin(now))
            {
                break;
            }

            while (_cursor < _receivers.Count && budget > 0)
            {
                budget -= 1 + Send(now, TakeNext(), output);
            }

            if (_cursor >= _receivers.Count)
            {
                if (_batch.LastMarkerAt is { } receivedAt && _receivers.Count > 0)
                {
                    Shard.NoteForwarded(receivedAt);
                }

                _batch.Release();
                _cursor = 0;
            }
        }

        _isPending = !(_batch.IsEmpty && _pending.IsEmpty);
        return !_isPending;
    }

    /// <summary>A viewer receives media from here from now on.</summary>
    public void AddReceiver(ViewerSession viewer)
    {
        _receivers.Add(viewer.AsReceiver());
        UpdateNeed();
    }

    public void RemoveReceiver(ViewerSession viewer)
    {
        var place = 0;
        while (place < _receivers.Count && _receivers[place].Viewer != viewer)
        {
            place++;
        }

        if (place == _receivers.Count)
        {
            return;
        }

        _receivers.RemoveAt(place);
        if (place < _cursor)
        {
            _cursor--;
        }

        UpdateNeed();
    }

    /// <summary>The subscription waits for a key frame or catches up; it is called until it is live.</summary>
    public void AddStarting(VideoSubscription subscription)
    {
        _starting.Add(subscription);
        Shard.HastenSweep();
        UpdateNeed();
    }

    public void RemoveStarting(VideoSubscription subscription)
    {
        _starting.Remove(subscription);
        UpdateNeed();
    }

    /// <summary>Somebody here gets or wants a layer.</summary>
    public void Watch(int layer)
    {
        if (_watchers[layer]++ == 0)
        {
            TellWatched();
        }
    }

    public void Unwatch(int layer)
    {
        if (--_watchers[layer] == 0)
        {
            TellWatched();
        }
    }

    /// <summary>Starts viewers who wait for a key frame and goes on with those who catch up.</summary>
    public void HandleTimeout(Timestamp now, DatagramWriter output)
    {
        var isStepDue = now >= _nextCatchUp;
        _nextCatchUp = isStepDue ? now + CatchUpDistance : _nextCatchUp;
        NextTimeout = Timestamp.Never;
        for (var i = _starting.Count - 1; i >= 0; i--)
        {
            var subscription = _starting[i];
            if ((isStepDue || !subscription.IsCatchingUp(this)) && subscription.CatchUp(now, this, output))
            {
                _starting.RemoveAt(i);
                UpdateNeed();
            }
            else if (subscription.IsCatchingUp(this))
            {
                NextTimeout = _nextCatchUp;
            }
        }
    }

    public void Dispose()
    {
        _pending.Release();
        _batch.Release();
        _isPending = false;
        foreach (var history in _video)
        {
            history?.Dispose();
        }

        _audio.Dispose();
    }

    /// <summary>The next viewer; the memory of those behind it comes while its packets are encrypted.</summary>
    private ViewerSession TakeNext()
    {
        var waiting = CollectionsMarshal.AsSpan(_receivers)[_cursor++..];
        var hasVideo = _batch.VideoCount > 0;
        var hasAudio = !_batch.Audio.IsEmpty;
        if (waiting.Length > 2)
        {
            waiting[2].FetchObjects(hasVideo, hasAudio);
        }

        if (waiting.Length > 1)
        {
            waiting[1].FetchParts(hasVideo, hasAudio);
        }

        return waiting[0].Viewer;
    }

    private int Send(Timestamp now, ViewerSession viewer, DatagramWriter output)
    {
        try
        {
            return viewer.SendBatch(now, _batch, output);
        }
        catch (Exception e)
        {
            Shard.Fault(now, viewer, e);
            Shard.Touch(viewer);
            return 0;
        }
    }

    private bool TryBegin(Timestamp now)
    {
        var isSliceDue = now >= _nextSlice;
        _batch.TakeFrom(_pending, isSliceDue ? SliceLength : 0);
        if (isSliceDue && _pending.VideoCount > 0)
        {
            _nextSlice = now + SliceDistance;
        }

        _cursor = 0;
        return !_batch.IsEmpty;
    }

    /// <summary>Viewers who are here, or are on their way and wait for a picture, need the feed's packets.</summary>
    private void UpdateNeed()
    {
        var needsPackets = _receivers.Count > 0 || _starting.Count > 0;
        if (needsPackets != NeedsPackets)
        {
            NeedsPackets = needsPackets;
            Feed.Run(then => Feed.UpdateAttachment(then, Shard));
        }
    }

    private void TellWatched()
    {
        var layers = 0;
        for (var layer = 0; layer < _watchers.Length; layer++)
        {
            layers |= _watchers[layer] > 0 ? 1 << layer : 0;
        }

        Feed.SetWatched(Shard, layers);
    }
}
