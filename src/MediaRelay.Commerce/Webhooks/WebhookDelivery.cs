namespace MediaRelay.Commerce.Webhooks;

/// <summary>
/// Decides what one receiver is sent, and when: each stream in order and one event at a time, several streams side by side.
/// What fails is tried again after a pause, which grows from 1 s to 5 min; its stream waits and the others go on. When
/// nothing succeeds any more the receiver is down: then one attempt at a time finds out whether it is back. Does no I/O and
/// reads no clock; not thread-safe.
/// </summary>
/// <param name="concurrency">Reads and sendings at a time, 1 or more.</param>
/// <param name="jitter">Spreads the pauses: by up to half.</param>
public sealed class WebhookDelivery(int concurrency, Random jitter)
{
    /// <summary>Entries of one stream that are held in memory.</summary>
    public const int Window = 16;

    // Failures in a row, whichever streams they are of, from which on the receiver counts as down.
    private const int FailuresUntilDown = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _ready = new();
    private readonly PriorityQueue<Lane, DateTimeOffset> _pausing = new();
    private readonly Dictionary<string, OutboxRemoval> _removals = new(StringComparer.Ordinal);
    private int _underWay;
    private int _failures;
    private int _probes;
    private DateTimeOffset _nextProbe;

    /// <summary>Nothing succeeds: one attempt at a time.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Events delivered and not told by <see cref="TakeRemovals"/> yet.</summary>
    public long Delivered { get; private set; }

    /// <summary>When <see cref="TryTake"/> has something again; null: not before an outcome or a growth.</summary>
    public DateTimeOffset? NextTimeout
    {
        get
        {
            if (_underWay >= (IsDown ? 1 : concurrency))
            {
                return null;
            }

            if (IsDown)
            {
                return _ready.Count + _pausing.Count > 0 ? _nextProbe : null;
            }

            return _ready.Count > 0 ? DateTimeOffset.MinValue : _pausing.TryPeek(out _, out var due) ? due : null;
        }
    }

    /// <summary>A stream has entries up to a number; it may have been told before.</summary>
    public void Grow(string stream, long lastSeq)
    {
        if (!_lanes.TryGetValue(stream, out var lane))
        {
            _lanes[stream] = lane = new Lane(stream);
        }

        lane.LastSeq = Math.Max(lane.LastSeq, lastSeq);
        if (lane.IsIdle && lane.HasMore)
        {
            MakeReady(lane);
        }
    }

    /// <summary>True with the next thing to do, of which <see cref="GiveRead"/> or one of the outcomes must tell the end.</summary>
    public bool TryTake(DateTimeOffset now, out DeliveryStep step)
    {
        step = default;
        if (_underWay >= (IsDown ? 1 : concurrency) || (IsDown && now < _nextProbe))
        {
            return false;
        }

        while (_pausing.TryPeek(out var paused, out var due) && due <= now)
        {
            _pausing.Dequeue();
            _ready.Enqueue(paused);
        }

        if (!_ready.TryDequeue(out var lane) && !(IsDown && _pausing.TryDequeue(out lane, out _)))
        {
            return false;
        }

        _underWay++;
        step = lane.Loaded.TryPeek(out var entry) ? new DeliveryStep(lane.Stream, 0, entry) : new DeliveryStep(lane.Stream, lane.ReadUpTo, null);
        lane.AskedUpTo = lane.LastSeq;
        return true;
    }

    /// <summary>What a read has found, in order.</summary>
    public void GiveRead(string stream, IReadOnlyList<OutboxEntry> entries)
    {
        var lane = _lanes[stream];
        _underWay--;
        foreach (var entry in entries)
        {
            lane.Loaded.Enqueue(entry);
        }

        // What the store does not have up to where it was asked is shed, or was delivered before; and it may have more by now.
        var last = entries.Count > 0 ? entries[^1].Seq : 0;
        lane.ReadUpTo = entries.Count < Window ? Math.Max(lane.AskedUpTo, last) : last;
        Continue(lane);
    }

    /// <summary>A read failed: it is asked for again.</summary>
    public void FailRead(DateTimeOffset now, string stream)
    {
        _underWay--;
        _pausing.Enqueue(_lanes[stream], now + FirstPause);
    }

    /// <summary>The receiver has taken a stream's event.</summary>
    public void Succeed(string stream)
    {
        var lane = _lanes[stream];
        _underWay--;
        var entry = lane.Loaded.Dequeue();
        var before = _removals.GetValueOrDefault(stream);
        _removals[stream] = new OutboxRemoval(
            stream, entry.Seq, before.Events + 1, before.Bytes + entry.Body.Length, before.Other + (entry.IsMoney ? 0 : 1));
        Delivered++;
        lane.Failures = 0;
        _failures = 0;
        if (IsDown)
        {
            IsDown = false;
            _probes = 0;
            while (_pausing.TryDequeue(out var paused, out _))
            {
                _ready.Enqueue(paused);
            }
        }

        Continue(lane);
    }

    /// <summary>The receiver has not taken a stream's event.</summary>
    public void Fail(DateTimeOffset now, string stream)
    {
        var lane = _lanes[stream];
        _underWay--;
        lane.Failures++;
        _failures++;
        _pausing.Enqueue(lane, now + Pause(lane.Failures));
        if (_failures >= FailuresUntilDown)
        {
            IsDown = true;
            _probes = Math.Max(_probes + 1, lane.Failures);
            _nextProbe = now + Pause(_probes);
        }
    }

    /// <summary>What was delivered since this was asked last; to be taken out of the outbox.</summary>
    public IReadOnlyList<OutboxRemoval> TakeRemovals()
    {
        var removals = _removals.Values.ToArray();
        _removals.Clear();
        Delivered = 0;
        return removals;
    }

    /// <summary>Whether an entry is in memory, or was: then it is not to be shed.</summary>
    public bool Holds(OutboxEntry entry) => _lanes.TryGetValue(entry.Stream, out var lane) && entry.Seq <= lane.ReadUpTo;

    private void Continue(Lane lane)
    {
        if (lane.HasMore)
        {
            MakeReady(lane);
        }
        else
        {
            lane.IsIdle = true;
        }
    }

    private void MakeReady(Lane lane)
    {
        lane.IsIdle = false;
        _ready.Enqueue(lane);
    }

    // The nominal pauses double: 1 s, 2 s, … 5 min; up to half is taken off, so that receivers are not struck by all at once.
    private TimeSpan Pause(int failures)
    {
        var nominal = FirstPause * Math.Pow(2, Math.Min(failures - 1, 30));
        nominal = nominal > LongestPause ? LongestPause : nominal;
        return nominal * (1 - (jitter.NextDouble() / 2));
    }

    private sealed class Lane(string stream)
    {
        public string Stream { get; } = stream;

        public Queue<OutboxEntry> Loaded { get; } = new();

        public long LastSeq { get; set; }

        public long ReadUpTo { get; set; }

        public long AskedUpTo { get; set; }

        public int Failures { get; set; }

        /// <summary>Neither ready, nor pausing, nor under way.</summary>
        public bool IsIdle { get; set; } = true;

        public bool HasMore => Loaded.Count > 0 || ReadUpTo < LastSeq;
    }
}
