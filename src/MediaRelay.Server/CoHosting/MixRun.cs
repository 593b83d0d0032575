using MediaRelay.Commerce.CoHosting;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// One worker's life for a co-host session: the rooms' hosts go in, its outputs go to the rooms' feeds and return feeds. Made with
/// <see cref="StartAsync"/>; ends by <see cref="RetireAsync"/>, or by itself when the worker dies.
/// </summary>
internal sealed class MixRun : IMixerOutput
{
    private static readonly TimeSpan LongestRetirement = TimeSpan.FromSeconds(3);

    // A host's key frame comes within a second of being asked for; one that sends none must not keep the others waiting.
    private static readonly TimeSpan LongestGathering = TimeSpan.FromSeconds(2);

    private readonly MixPlan _plan;
    private readonly Room[] _rooms;
    private readonly MixMetrics _metrics;
    private readonly MixStart _start;
    private readonly Action<MixRun, MixerStats> _onStats;
    private readonly Action<string> _log;
    private readonly MixerLink _link;
    private readonly Target[][] _targets;
    private readonly MixSource[] _viewerSources;
    private readonly MixSource[] _returnSources;
    private readonly MixerTap?[] _taps;
    private readonly TaskCompletionSource<MixerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimestampUnwrapper _mixTime = new();
    private MixerStats _stats = new();
    private long _lastMixTime;
    private bool _isGathered;
    private bool _hasPicture;
    private int _shownRooms;
    private int _removedRooms;

    private MixRun(
        MixPlan plan, Room[] rooms, MixerLink link, MixStart start, Action<MixRun, MixerStats> onStats, MixMetrics metrics, Action<string> log)
    {
        _plan = plan;
        _rooms = rooms;
        _link = link;
        _start = start;
        _onStats = onStats;
        _metrics = metrics;
        _log = log;
        _taps = new MixerTap?[rooms.Length];
        _viewerSources = [.. rooms.Select((room, i) =>
            room.AddMix(plan.CodecOf[i], () => _link.RequestKeyFrame(plan.PictureOf[i]), NoteShown, NoteRemoved))];
        _returnSources = [.. rooms.Select((room, i) =>
            room.AddReturnMix(plan.CodecOf[i], () => _link.RequestKeyFrame(plan.PictureOf[i])))];
        _targets = [.. plan.Spec.Outputs.Select(output => TargetsOf(output.Index))];
    }

    /// <summary>The worker is gone, and why.</summary>
    public Task<MixerExit> Exited => _exited.Task;

    /// <summary>Every room shows the mix.</summary>
    public Task Shown => _shown.Task;

    public MixerStats Stats => Volatile.Read(ref _stats);

    public int ProcessId => _link.ProcessId;

    /// <summary>Gives the session to <paramref name="link"/>, which belongs to the run from now on; returns when its canvas runs.</summary>
    /// <param name="start">Gets the steps up to <see cref="Shown"/>.</param>
    /// <param name="onStats">Gets each of the mixer's reports, on the link's thread.</param>
    /// <exception cref="MixerStartException">The worker could not begin; the message says why.</exception>
    public static async Task<MixRun> StartAsync(
        MixPlan plan, Room[] rooms, MixerLink link, MixStart start, Action<MixRun, MixerStats> onStats, TimeProvider time, MixMetrics metrics,
        Action<string> log, CancellationToken cancellation)
    {
        var run = new MixRun(plan, rooms, link, start, onStats, metrics, log);
        try
        {
            var beginning = link.BeginAsync(plan.Spec, run, time, cancellation);

            // The hosts' key frames are on their way while encoders are opened; what comes early waits in the link.
            for (var i = 0; i < rooms.Length; i++)
            {
                run._taps[i] = new MixerTap(link, i);
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

    /// <summary>Arranges the tiles anew, from a media time of the first room's feed on, or at once.</summary>
    public void SetLayout(CoHostLayout layout, long? atMediaTime) => _link.SetLayout(MixPlan.ToLayout(layout), ToMixTime(atMediaTime));

    /// <summary>Makes a picture at every n-th tick of the canvas clock.</summary>
    public void SetCanvasStep(int step) => _link.SetCanvasStep(step);

    /// <summary>Lets every room's own host take over at its next key frame, then ends the worker.</summary>
    public async Task RetireAsync()
    {
        foreach (var source in _viewerSources)
        {
            source.Retire();
        }

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

        RemoveSources();
        await _link.DisposeAsync();
    }

    public void OnRtp(int output, ReadOnlySpan<byte> rtp)
    {
        // Until the hosts are in it, the mix is slates: the rooms go on with their own hosts meanwhile.
        if ((uint)output >= (uint)_targets.Length || !Volatile.Read(ref _isGathered))
        {
            return;
        }

        var isVideo = _plan.IsVideo(output);
        if (isVideo && output == _plan.PictureOf[0] && RtpPacket.TryParse(rtp, out var packet))
        {
            Interlocked.Exchange(ref _lastMixTime, _mixTime.Unwrap(packet.Timestamp));
            if (!_hasPicture)
            {
                _hasPicture = true;
                _start.Note(MixStart.Picture);
            }
        }

        foreach (var target in _targets[output])
        {
            target.Source.Push(isVideo, rtp);
        }
    }

    public void OnCaptureMapping(int output, uint rtpTimestamp, NtpTime capture)
    {
        if ((uint)output >= (uint)_targets.Length)
        {
            return;
        }

        var isVideo = _plan.IsVideo(output);
        var mapping = new CaptureMapping(rtpTimestamp, capture, isVideo ? 90_000 : 48_000);
        foreach (var target in _targets[output])
        {
            target.Source.PushCaptureMapping(isVideo, mapping);
        }
    }

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

        _onStats(this, stats);
    }

    public void OnLog(string line) => _log(line);

    public void OnExited(MixerExit exit)
    {
        // At once, so that the rooms fall back to their own hosts while nobody has looked at the task yet.
        RemoveSources();
        _exited.TrySetResult(exit);
    }

    private void BeginToShow()
    {
        if (Interlocked.Exchange(ref _isGathered, true))
        {
            return;
        }

        foreach (var picture in _plan.PictureOf.Distinct())
        {
            _link.RequestKeyFrame(picture);
        }
    }

    private Target[] TargetsOf(int output)
    {
        var targets = new List<Target>();
        for (var i = 0; i < _rooms.Length; i++)
        {
            if (output == _plan.PictureOf[i])
            {
                targets.Add(new Target(_viewerSources[i]));
                targets.Add(new Target(_returnSources[i]));
            }
            else if (output == _plan.Program)
            {
                targets.Add(new Target(_viewerSources[i]));
            }
            else if (output == _plan.ReturnOf[i])
            {
                targets.Add(new Target(_returnSources[i]));
            }
        }

        return [.. targets];
    }

    private void RemoveSources()
    {
        foreach (var source in _viewerSources.Concat(_returnSources))
        {
            source.Remove();
        }
    }

    private void NoteShown()
    {
        if (Interlocked.Increment(ref _shownRooms) == _rooms.Length)
        {
            _start.Note(MixStart.Shown);
            _shown.TrySetResult();
        }
    }

    private void NoteRemoved()
    {
        if (Interlocked.Increment(ref _removedRooms) == _rooms.Length)
        {
            _removed.TrySetResult();
        }
    }

    /// <summary>The first room's feed and the mixer count from different zeros; both run at 90 kHz.</summary>
    private long? ToMixTime(long? feedTime)
    {
        if (feedTime is not { } time || _viewerSources[0].VideoTimestampOffset is not { } offset)
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
        _viewerSources[0].VideoTimestampOffset is { } first && _viewerSources[room].VideoTimestampOffset is { } own
            ? roomNow + (int)((uint)firstRoomTime - first + own - (uint)roomNow)
            : null;

    private readonly record struct Target(MixSource Source);
}
