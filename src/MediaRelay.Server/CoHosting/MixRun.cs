using MediaRelay.Commerce.CoHosting;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Rooms;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// One worker's life for a co-host session: the rooms' hosts go in, its outputs go to the rooms' feeds and return feeds. Made with
/// <see cref="StartAsync"/>; ends by <see cref="RetireAsync"/>, or by itself when the worker dies.
/// </summary>
internal sealed class MixRun : IMixerOutput
{
    private static readonly TimeSpan LongestRetirement = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(900);

    // A host's key frame comes within a second of being asked for; one that sends none must not keep the others waiting.
    private static readonly TimeSpan LongestGathering = TimeSpan.FromSeconds(2);

    private readonly Room[] _rooms;
    private readonly MixMetrics _metrics;
    private readonly MixStart _start;
    private readonly Action<MixRun, MixerStats> _onStats;
    private readonly Action<string> _log;
    private readonly MixerLink _link;
    private readonly MixRouting _routing;
    private readonly Func<Timestamp> _clock;
    private readonly MixerTap?[] _taps;
    private readonly TaskCompletionSource<MixerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimestampUnwrapper _mixTime = new();
    private readonly List<(CoHostLayout Layout, long At)> _waitingLayouts = [];
    private MixerStats _stats = new();
    private Timestamp _followedAt = Timestamp.Zero;
    private long _lastMixTime;
    private bool _isGathered;
    private bool _hasPicture;
    private bool _hasWaitingLayouts;

    private MixRun(
        MixPlan plan, Room[] rooms, MixerLink link, CoHostOptions options, Func<Timestamp> clock, MixStart start,
        Action<MixRun, MixerStats> onStats, MixMetrics metrics, Action<string> log)
    {
        _rooms = rooms;
        _link = link;
        _clock = clock;
        _start = start;
        _onStats = onStats;
        _metrics = metrics;
        _log = log;
        _taps = new MixerTap?[rooms.Length];
        _routing = new MixRouting(plan, rooms, link, options, clock, NoteShown, () => _removed.TrySetResult());
    }

    /// <summary>The worker is gone, and why.</summary>
    public Task<MixerExit> Exited => _exited.Task;

    /// <summary>Every room shows the mix.</summary>
    public Task Shown => _shown.Task;

    public MixerStats Stats => Volatile.Read(ref _stats);

    public int ProcessId => _link.ProcessId;

    /// <summary>Small pictures that are made now.</summary>
    public int SmallPictures => _routing.SmallPictures;

    /// <summary>The lowest of its pictures' bit rates, in bits per second.</summary>
    public long LeastBitRate => _routing.LeastBitRate;

    /// <summary>Gives the session to <paramref name="link"/>, which belongs to the run from now on; returns when its canvas runs.</summary>
    /// <param name="start">Gets the steps up to <see cref="Shown"/>.</param>
    /// <param name="onStats">Gets each of the mixer's reports, on the link's thread.</param>
    /// <exception cref="MixerStartException">The worker could not begin; the message says why.</exception>
    public static async Task<MixRun> StartAsync(
        MixPlan plan, Room[] rooms, MixerLink link, CoHostOptions options, Func<Timestamp> clock, MixStart start,
        Action<MixRun, MixerStats> onStats, TimeProvider time, MixMetrics metrics, Action<string> log, CancellationToken cancellation)
    {
        var run = new MixRun(plan, rooms, link, options, clock, start, onStats, metrics, log);
        try
        {
            var beginning = link.BeginAsync(plan.Spec, run, time, cancellation);

            // The hosts' key frames are on their way while encoders are opened; what comes early waits in the link.
            for (var i = 0; i < rooms.Length; i++)
            {
                run._taps[i] = new MixerTap(link, i, run._routing.SetCodec);
                rooms[i].SetTap(run._taps[i]);
                rooms[i].RequestHostKeyFrame(isUrgent: true);
            }

            await beginning;
            start.Note(MixStart.Canvas);
        }
        catch
        {
            await run.EndAsync();
            throw;
        }

        _ = Task.Delay(LongestGathering, time, CancellationToken.None).ContinueWith(_ => run.BeginToShow(), TaskScheduler.Default);
        return run;
    }

    /// <summary>
    /// Arranges the tiles anew, from a media time of the first room's feed on, or at once. What has a time waits until the room shows the mix:
    /// only then it is known what time that is for the mixer.
    /// </summary>
    public void SetLayout(CoHostLayout layout, long? atMediaTime)
    {
        lock (_waitingLayouts)
        {
            if (atMediaTime is { } at && ToMixTime(at) is null)
            {
                if (_waitingLayouts.Count == LayoutScript.Capacity)
                {
                    // Whoever waits so long sees the last ones only.
                    _waitingLayouts.RemoveAt(0);
                }

                _waitingLayouts.Add((layout, at));
                Volatile.Write(ref _hasWaitingLayouts, true);
                return;
            }
        }

        _link.SetLayout(MixPlan.ToLayout(layout), atMediaTime is { } time ? ToMixTime(time) : null);
    }

    /// <summary>Makes a picture at every n-th tick of the canvas clock.</summary>
    public void SetCanvasStep(int step) => _link.SetCanvasStep(step);

    /// <summary>Lets every room's own host take over at its next key frame, then ends the worker.</summary>
    public async Task RetireAsync()
    {
        _routing.Retire();
        await Task.WhenAny(_removed.Task, _exited.Task, Task.Delay(LongestRetirement));
        await EndAsync();
    }

    /// <summary>Takes the mix out of the rooms and ends the worker, if it still runs.</summary>
    public async Task EndAsync()
    {
        for (var i = 0; i < _rooms.Length; i++)
        {
            if (_taps[i] is { } tap)
            {
                _rooms[i].ClearTap(tap);
            }
        }

        _routing.Remove();
        await _link.DisposeAsync();
    }

    public void OnRtp(int output, ReadOnlySpan<byte> rtp)
    {
        // Until the hosts are in it, the mix is slates: the rooms go on with their own hosts meanwhile.
        if (!Volatile.Read(ref _isGathered))
        {
            return;
        }

        if (_routing.IsClock(output) && RtpPacket.TryParse(rtp, out var packet))
        {
            Interlocked.Exchange(ref _lastMixTime, _mixTime.Unwrap(packet.Timestamp));
            if (!_hasPicture)
            {
                _hasPicture = true;
                _start.Note(MixStart.Picture);
            }
        }

        _routing.Push(output, rtp);
        if (Volatile.Read(ref _hasWaitingLayouts))
        {
            SendWaitingLayouts();
        }
    }

    public void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture) => _routing.PushCaptureMapping(
        output, new CaptureMapping(rtpTimestamp, capture, MixOutputs.IsVideo(output) ? 90_000 : 48_000));

    public void OnKeyFrameNeeded(int source)
    {
        if ((uint)source < (uint)_rooms.Length)
        {
            // The first one may have been on its way before the tap was there; the whole mix waits for the next.
            _rooms[source].RequestHostKeyFrame(isUrgent: !Volatile.Read(ref _isGathered));
        }
    }

    public void OnStats(MixerStats stats)
    {
        _metrics.Add(Stats, stats);
        Volatile.Write(ref _stats, stats);
        if (stats.Sources.All(source => source.IsLive || _rooms.ElementAtOrDefault(source.Index)?.Host?.Codec is null))
        {
            _start.Note(MixStart.Hosts);
            BeginToShow();
        }

        FollowViewers();
        _onStats(this, stats);
    }

    public void OnLog(string line) => _log(line);

    public void OnExited(MixerExit exit)
    {
        // At once, so that the rooms fall back to their own hosts while nobody has looked at the task yet.
        _routing.Remove();
        _exited.TrySetResult(exit);
    }

    private void BeginToShow()
    {
        if (!Interlocked.Exchange(ref _isGathered, true))
        {
            _routing.RequestKeyFrames();
        }
    }

    // Reports also come in between, when a host appears.
    private void FollowViewers()
    {
        var now = _clock();
        if (now - _followedAt < FollowInterval)
        {
            return;
        }

        _followedAt = now;
        var before = _routing.BitRateChanges;
        _routing.FollowViewers(now);
        _metrics.BitRateChanged(_routing.BitRateChanges - before);
    }

    private void NoteShown()
    {
        _start.Note(MixStart.Shown);
        _shown.TrySetResult();
    }

    /// <summary>Sends the layouts that waited for the first room to show the mix.</summary>
    private void SendWaitingLayouts()
    {
        lock (_waitingLayouts)
        {
            foreach (var (layout, at) in _waitingLayouts)
            {
                if (ToMixTime(at) is not { } time)
                {
                    return;
                }

                _link.SetLayout(MixPlan.ToLayout(layout), time);
            }

            _waitingLayouts.Clear();
            Volatile.Write(ref _hasWaitingLayouts, false);
        }
    }

    /// <summary>The first room's feed and the mixer count from different zeros; both run at 90 kHz.</summary>
    private long? ToMixTime(long time)
    {
        if (_routing.FindTimestampOffset(0) is not { } offset)
        {
            return null;
        }

        var last = Interlocked.Read(ref _lastMixTime);
        return last + (int)((uint)time - offset - (uint)last);
    }

    /// <summary>
    /// The media time of a room's feed at which it shows what the first room's shows at <paramref name="firstRoomTime"/>, near to <paramref
    /// name="roomNow"/>; null while not both show the mix.
    /// </summary>
    public long? ToRoomTime(int room, long firstRoomTime, long roomNow) =>
        _routing.FindTimestampOffset(0) is { } first && _routing.FindTimestampOffset(room) is { } own
            ? roomNow + (int)((uint)firstRoomTime - first + own - (uint)roomNow)
            : null;
}
