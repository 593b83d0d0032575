using MediaRelay.Protocols.Time;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Whether there is CPU for another co-host session, from what the machine and the mixers did in the last seconds. Pure: samples and time
/// are arguments. Thread-safe.
/// </summary>
internal sealed class CoHostCapacity(CoHostOptions options)
{
    // Each further room is one more picture to decode and scale; encoding stays the same.
    private const double PerFurtherRoom = 0.2;

    // Sessions whose hosts are away measure low; more than this below the configured need is not believed.
    private const double LeastBelieved = 0.5;

    // What is left alone: everything else that this machine does comes in bursts.
    private const double Headroom = 0.05;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // Younger sessions have not shown what they need.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    // From a request until its session is on disk and begins; what takes longer was refused elsewhere.
    private static readonly TimeSpan ReservationTime = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Queue<Timestamp> _reserved = new();
    private readonly Queue<(Timestamp At, MachineSample? Machine, IReadOnlyList<MixerUse> Mixers)> _window = new();
    private (Timestamp At, MachineSample? Machine, IReadOnlyList<MixerUse> Mixers) _last;

    /// <summary>Takes a sample of the machine (null: it tells nothing) and of the mixers that run.</summary>
    public void Add(Timestamp now, MachineSample? machine, IReadOnlyList<MixerUse> mixers)
    {
        lock (_lock)
        {
            _last = (now, machine, mixers);
            _window.Enqueue(_last);
            while (_window.Count > 2 && now - _window.Peek().At > Window)
            {
                _window.Dequeue();
            }
        }
    }

    /// <summary>Cores that are free for further sessions; null while that is not known.</summary>
    /// <param name="sessions">Active sessions, those that are only about to start among them.</param>
    public double? FreeCores(int sessions)
    {
        lock (_lock)
        {
            if (!_window.TryPeek(out var first) || first.Machine is not { } before || _last.Machine is not { } now || _last.At <= first.At)
            {
                return null;
            }

            var length = _last.At - first.At;
            var free = Math.Max(0, (now.Idle - before.Idle) / length);
            foreach (var quota in now.Quotas)
            {
                var earlier = before.Quotas.FirstOrDefault(other => other.Group == quota.Group);
                if (earlier.Group is not null)
                {
                    free = Math.Min(free, quota.Cores - ((quota.Used - earlier.Used) / length));
                }
            }

            // What has just begun will need more than it has used so far.
            var settled = Shares(first).ToList();
            var young = _last.Mixers.Where(mixer => !settled.Exists(known => known.ProcessId == mixer.ProcessId)).ToList();
            var used = young.Sum(mixer => EarlierUse(mixer, first) is { } use ? (mixer.Cpu - use.Cpu) / length : mixer.Cpu / length);
            var promised = young.Sum(mixer => Need(mixer.Rooms, settled)) + (Math.Max(0, sessions - _last.Mixers.Count) * Need(2, settled));
            return Math.Max(0, free - Math.Max(0, promised - used) - (Headroom * now.Cores));
        }
    }

    /// <summary>Cores that a session of so many rooms needs: what those that run do, else what is configured.</summary>
    public double CoresNeeded(int rooms)
    {
        lock (_lock)
        {
            return _window.TryPeek(out var first) ? Need(rooms, [.. Shares(first)]) : Need(rooms, []);
        }
    }

    /// <summary>Sessions of two rooms that can be taken on now; null: no bound is known.</summary>
    public int? SessionsLeft(int sessions)
    {
        int? byNumber = options.MaxSessions > 0 ? Math.Max(0, options.MaxSessions - sessions) : null;
        int? byCpu = options.CoresPerSession > 0 && FreeCores(sessions) is { } free ? (int)(free / CoresNeeded(2)) : null;
        return byNumber is { } number && byCpu is { } cpu ? Math.Min(number, cpu) : byNumber ?? byCpu;
    }

    /// <summary>Why another session of so many rooms cannot be taken on, as a sentence; null when it can.</summary>
    public string? WhyNone(Timestamp now, int rooms, int sessions)
    {
        lock (_lock)
        {
            while (_reserved.TryPeek(out var first) && now - first > ReservationTime)
            {
                _reserved.Dequeue();
            }

            return WhyNone(rooms, sessions + _reserved.Count);
        }
    }

    /// <summary>The same for one that is to begin: when it can, its place is held until it does, or for three seconds.</summary>
    public string? Reserve(Timestamp now, int rooms, int sessions)
    {
        lock (_lock)
        {
            var why = WhyNone(now, rooms, sessions);
            if (why is null)
            {
                _reserved.Enqueue(now);
            }

            return why;
        }
    }

    /// <summary>A session has begun; from now on it counts itself.</summary>
    public void NoteBegun()
    {
        lock (_lock)
        {
            _reserved.TryDequeue(out _);
        }
    }

    private string? WhyNone(int rooms, int sessions)
    {
        if (options.MaxSessions > 0 && sessions >= options.MaxSessions)
        {
            return $"{sessions} co-host sessions are active; {CoHostOptions.Section}:{nameof(options.MaxSessions)} allows {options.MaxSessions}.";
        }

        if (options.CoresPerSession <= 0 || FreeCores(sessions) is not { } free)
        {
            return null;
        }

        var needed = CoresNeeded(rooms);
        return needed <= free ? null : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"There is too little CPU for another co-host session: one of {rooms} rooms needs {needed:F2} of a core, and {free:F2} is free.");
    }

    private static double Size(int rooms) => 1 + (PerFurtherRoom * (rooms - 2));

    private static MixerUse? EarlierUse(MixerUse mixer, (Timestamp At, MachineSample? Machine, IReadOnlyList<MixerUse> Mixers) sample)
    {
        foreach (var use in sample.Mixers)
        {
            if (use.ProcessId == mixer.ProcessId)
            {
                return use;
            }
        }

        return null;
    }

    private double Need(int rooms, IReadOnlyList<(int ProcessId, double Cores)> measured)
    {
        var need = measured.Count > 0
            ? Math.Max(measured.Average(session => session.Cores), LeastBelieved * options.CoresPerSession)
            : options.CoresPerSession;
        return need * Size(rooms);
    }

    // Cores that sessions used in the window, each as if it had two rooms.
    private IEnumerable<(int ProcessId, double Cores)> Shares((Timestamp At, MachineSample? Machine, IReadOnlyList<MixerUse> Mixers) first)
    {
        var length = _last.At - first.At;
        if (length < Settled)
        {
            yield break;
        }

        foreach (var mixer in _last.Mixers)
        {
            if (EarlierUse(mixer, first) is { } use)
            {
                yield return (mixer.ProcessId, (mixer.Cpu - use.Cpu) / length / Size(mixer.Rooms));
            }
        }
    }
}
