using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Which outputs of one mixer there are, and to which feeds each goes. Pictures are made for the codecs that the rooms use, also for one that a
/// host brings later, and small ones while viewers want them. Any thread.
/// </summary>
internal sealed class MixRouting
{
    private static readonly Target[] Nowhere = [];

    private readonly Lock _lock = new();
    private readonly Room[] _rooms;
    private readonly MixerLink _link;
    private readonly CoHostOptions _options;
    private readonly Func<Timestamp> _clock;
    private readonly Action _onShown;
    private readonly Action _onRemoved;
    private readonly MixFeed[] _feeds;
    private readonly List<MixPicture> _pictures = [];
    private readonly List<long>[] _estimates;
    private readonly List<long> _estimatesOfPicture = [];
    private readonly HashSet<int> _shownRooms = [];
    private readonly HashSet<int> _removedRooms = [];
    private volatile Target[][] _targets = [];
    private long _changes;
    private int _clockOutput;

    /// <param name="onShown">Every room's viewers have seen the mix.</param>
    /// <param name="onRemoved">No room's viewers see the mix any more.</param>
    public MixRouting(
        MixPlan plan, Room[] rooms, MixerLink link, CoHostOptions options, Func<Timestamp> clock, Action onShown, Action onRemoved)
    {
        _rooms = rooms;
        _link = link;
        _options = options;
        _clock = clock;
        _onShown = onShown;
        _onRemoved = onRemoved;
        _estimates = [.. rooms.Select(static _ => new List<long>())];
        _feeds =
        [
            .. plan.Rooms.Select((room, i) => new MixFeed(i, isReturn: false, room.IsPortrait)),
            .. plan.Rooms.Select((room, i) => new MixFeed(i, isReturn: true, room.IsPortrait)),
        ];
        lock (_lock)
        {
            foreach (var feed in _feeds)
            {
                // The mixer begins with these pictures.
                Add(feed, FindPicture(plan.Codecs[feed.Room], feed.IsPortrait) ?? NewPicture(plan.Codecs[feed.Room], feed.IsPortrait));
            }

            Route();
        }
    }

    /// <summary>Small pictures that are made now.</summary>
    public int SmallPictures
    {
        get
        {
            lock (_lock)
            {
                return _pictures.Count(static picture => picture.HasSmall);
            }
        }
    }

    /// <summary>The lowest of the pictures' bit rates, in bits per second.</summary>
    public long LeastBitRate
    {
        get
        {
            lock (_lock)
            {
                return _pictures.Min(static picture => picture.BitRate);
            }
        }
    }

    /// <summary>How often a bit rate was changed.</summary>
    public long BitRateChanges => Interlocked.Read(ref _changes);

    /// <summary>Feed time of a room's viewers minus the mix's, modulo 2^32; null while they do not see the mix.</summary>
    public uint? FindTimestampOffset(int room)
    {
        lock (_lock)
        {
            return _feeds[room].Oldest.Source.VideoTimestampOffset;
        }
    }

    /// <summary>The output is the first room's picture: all are of one clock, and one is enough to know it.</summary>
    public bool IsClock(int output) => output == Volatile.Read(ref _clockOutput);

    /// <summary>Hands a packet of an output to the feeds that it is for. One thread.</summary>
    public void Push(int output, ReadOnlySpan<byte> rtp)
    {
        foreach (var target in TargetsOf(output))
        {
            if (MixOutputs.IsVideo(output))
            {
                target.Source.PushPicture(target.Layer, rtp);
            }
            else
            {
                target.Source.PushSound(rtp);
            }
        }
    }

    public void PushCaptureMapping(int output, CaptureMapping mapping)
    {
        foreach (var target in TargetsOf(output))
        {
            if (target.Layer == MixSource.Whole)
            {
                target.Source.PushCaptureMapping(MixOutputs.IsVideo(output), mapping);
            }
        }
    }

    /// <summary>
    /// A room's host sends this codec: that is what its viewers can take. They change to a picture in it at its first key frame.
    /// </summary>
    public void SetCodec(int room, VideoCodec codec)
    {
        lock (_lock)
        {
            foreach (var feed in _feeds.Where(feed => feed.Room == room && feed.Newest.Picture.Codec != codec && !feed.TryKeep(codec)))
            {
                var picture = FindPicture(codec, feed.IsPortrait);
                if (picture is null)
                {
                    picture = NewPicture(codec, feed.IsPortrait);
                    picture.Begin();
                }

                Add(feed, picture);
                picture.RequestKeyFrame(_clock(), MixSource.Whole, isSmallWanted: false);
            }

            Route();
        }
    }

    /// <summary>Lets pictures follow what viewers want and what their ways carry; to be called about once a second.</summary>
    public void FollowViewers(Timestamp now)
    {
        // Not under the lock: rooms have their own, under which they tell of a host's codec.
        for (var i = 0; i < _rooms.Length; i++)
        {
            _estimates[i].Clear();
            _rooms[i].ReadEstimates(_estimates[i]);
        }

        lock (_lock)
        {
            foreach (var picture in _pictures)
            {
                picture.FollowWishes(now, IsSmallWanted(picture));
                FollowEstimates(now, picture);
            }
        }
    }

    /// <summary>Asks for a key frame of every picture.</summary>
    public void RequestKeyFrames()
    {
        lock (_lock)
        {
            foreach (var picture in _pictures)
            {
                picture.RequestKeyFrame(_clock(), MixSource.Whole, isSmallWanted: false);
            }
        }
    }

    /// <summary>Lets every room's own host take over at its next key frame.</summary>
    public void Retire() => ForEachSource(static source => source.Retire(), isReturnToo: false);

    /// <summary>Takes the mix out of every feed at once.</summary>
    public void Remove() => ForEachSource(static source => source.Remove(), isReturnToo: true);

    private ReadOnlySpan<Target> TargetsOf(int output)
    {
        var targets = _targets;
        return (uint)output < (uint)targets.Length ? targets[output] : Nowhere;
    }

    private MixPicture? FindPicture(VideoCodec codec, bool isPortrait) =>
        _pictures.Find(picture => picture.Codec == codec && picture.IsPortrait == isPortrait);

    private MixPicture NewPicture(VideoCodec codec, bool isPortrait)
    {
        var picture = new MixPicture(codec, isPortrait, _link, _options);
        _pictures.Add(picture);
        return picture;
    }

    private void Add(MixFeed feed, MixPicture picture)
    {
        var room = _rooms[feed.Room];
        var entry = new MixFeed.Entry(picture);
        entry.Attach(feed.IsReturn
            ? room.AddReturnMix(picture.Codec, layer => RequestKeyFrame(entry, layer), () => NoteShown(feed, entry))
            : room.AddMix(
                picture.Codec, layer => RequestKeyFrame(entry, layer), () => NoteShown(feed, entry), () => NoteRemoved(feed, entry),
                picture.Layers));
        feed.Add(entry);
    }

    private void Route()
    {
        foreach (var unused in _pictures.Where(picture => !EntriesOf(picture).Any()).ToList())
        {
            _pictures.Remove(unused);
            unused.End();
        }

        var targets = new List<Target>[MixerOutputSpec.MaxIndex + 1];
        foreach (var feed in _feeds)
        {
            foreach (var entry in feed.Entries)
            {
                Send(entry.Picture.Output, entry, MixSource.Whole);
                Send(feed.IsReturn ? MixOutputs.Return(feed.Room) : MixOutputs.Program, entry, layer: 0);
                if (!feed.IsReturn)
                {
                    Send(entry.Picture.SmallOutput, entry, MixSource.Small);
                }
            }
        }

        Volatile.Write(ref _clockOutput, _feeds[0].Oldest.Picture.Output);
        _targets = [.. targets.Select(static list => list?.ToArray() ?? Nowhere)];

        void Send(int output, MixFeed.Entry entry, int layer) => (targets[output] ??= []).Add(new Target(entry.Source, layer));
    }

    private IEnumerable<MixFeed.Entry> EntriesOf(MixPicture picture) =>
        _feeds.SelectMany(static feed => feed.Entries).Where(entry => entry.Picture == picture);

    private bool IsSmallWanted(MixPicture picture) => EntriesOf(picture).Any(static entry => entry.Source.IsSmallWanted);

    private void FollowEstimates(Timestamp now, MixPicture picture)
    {
        _estimatesOfPicture.Clear();
        foreach (var feed in _feeds)
        {
            if (!feed.IsReturn && feed.Oldest.Picture == picture)
            {
                _estimatesOfPicture.AddRange(_estimates[feed.Room]);
            }
        }

        if (!picture.FollowEstimates(now, _estimatesOfPicture))
        {
            return;
        }

        Interlocked.Increment(ref _changes);
        var layers = picture.Layers;
        foreach (var entry in EntriesOf(picture))
        {
            entry.Source.SetRates(layers.BitRate, layers.SmallBitRate);
        }
    }

    private void RequestKeyFrame(MixFeed.Entry entry, int layer)
    {
        lock (_lock)
        {
            entry.Picture.RequestKeyFrame(_clock(), layer, IsSmallWanted(entry.Picture));
        }
    }

    private void NoteShown(MixFeed feed, MixFeed.Entry entry)
    {
        lock (_lock)
        {
            feed.NoteShown(entry);
            Route();
            if (feed.IsReturn || !_shownRooms.Add(feed.Room) || _shownRooms.Count < _rooms.Length)
            {
                return;
            }
        }

        _onShown();
    }

    private void NoteRemoved(MixFeed feed, MixFeed.Entry entry)
    {
        lock (_lock)
        {
            // One that another codec has replaced is not the room's mix any more.
            if (!feed.Entries.Contains(entry) || !_removedRooms.Add(feed.Room) || _removedRooms.Count < _rooms.Length)
            {
                return;
            }
        }

        _onRemoved();
    }

    private void ForEachSource(Action<MixSource> action, bool isReturnToo)
    {
        lock (_lock)
        {
            foreach (var feed in _feeds.Where(feed => isReturnToo || !feed.IsReturn))
            {
                foreach (var entry in feed.Entries)
                {
                    action(entry.Source);
                }
            }
        }
    }

    private readonly record struct Target(MixSource Source, int Layer);
}
