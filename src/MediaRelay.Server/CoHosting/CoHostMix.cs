using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Mixing.Link;
using MediaRelay.Relay.Rooms;
using MediaRelay.Server.Media;
using MediaRelay.Server.Options;
using MediaRelay.Server.Signaling;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Keeps an active co-host session mixed: starts a worker, starts another one when it dies, and lets the hosts take over when the
/// session ends.
/// </summary>
internal sealed partial class CoHostMix
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // A worker that ran this long was sound; its death does not slow the next start.
    private static readonly TimeSpan SoundRun = TimeSpan.FromSeconds(10);

    // A session that was ended because it had too little CPU tries again: others may have ended since.
    private static readonly TimeSpan SlowPause = TimeSpan.FromMinutes(1);

    // From asking for a layout until it is seen: until then it must be on disk, with the mixer and with viewers; nobody notices so little.
    private static readonly TimeSpan ChangeLead = TimeSpan.FromMilliseconds(300);

    private readonly IReadOnlyList<RoomEntry> _entries;
    private readonly RoomDirectory _directory;
    private readonly MediaHost _media;
    private readonly CoHostOptions _options;
    private readonly SlowMixPolicy _policy;
    private readonly MixerWorkerOptions _worker;
    private readonly SpareWorkers _spares;
    private readonly MixMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ended = new();
    private readonly LayoutScript _layouts;
    private CoHostSession _session;
    private MixRun? _run;
    private Task _running = Task.CompletedTask;
    private Task _ending = Task.CompletedTask;

    public CoHostMix(
        CoHostSession session, IReadOnlyList<RoomEntry> entries, RoomDirectory directory, MediaHost media, CoHostOptions options,
        MixerWorkerOptions worker, SpareWorkers spares, MixMetrics metrics, TimeProvider time, ILogger logger)
    {
        _session = session;
        _layouts = new LayoutScript(session.Layout);
        _entries = entries;
        _directory = directory;
        _media = media;
        _options = options;
        _policy = SlowMixPolicies.TryParse(options.WhenSlow, out var policy) ? policy : SlowMixPolicy.Keep;
        _worker = worker;
        _spares = spares;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Process id of the worker; 0 while none runs.</summary>
    public int WorkerProcessId => _run?.ProcessId ?? 0;

    /// <summary>Its rooms.</summary>
    public int RoomCount => _entries.Count;

    /// <summary>Pictures per second that it makes now; null while none is made.</summary>
    /// <summary>Small pictures that are made now.</summary>
    public int SmallPictures => _run?.SmallPictures ?? 0;

    /// <summary>The lowest of its pictures' bit rates, in bits per second; null while it does not run.</summary>
    public long? LeastBitRate => _run?.LeastBitRate;

    public double? FrameRate => _run?.Stats is { FrameRate: > 0 } stats ? stats.FrameRate : null;

    public void Start() => _running = Task.Run(RunAsync);

    public void SetLayout(CoHostSession session, long? atMediaTime)
    {
        Volatile.Write(ref _session, session);
        if (_layouts.TryAdd(MediaTime(), session.Layout, atMediaTime))
        {
            _run?.SetLayout(session.Layout, atMediaTime);
        }
        else
        {
            Log.LayoutLeftOut(_logger, session.Id.Value, atMediaTime, LayoutScript.Capacity);
        }
    }

    /// <summary>See <see cref="MixRun.ToRoomTime"/>; null also for a room that takes no part.</summary>
    public long? FindTime(RoomId roomId, long firstRoomTime)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Id == roomId && _media.FindRoom(roomId.Value) is { } room)
            {
                return _run?.ToRoomTime(i, firstRoomTime, room.MediaTime(_media.Now));
            }
        }

        return null;
    }

    /// <summary>See <see cref="Overlays.IMixArrangement.FindNextChange"/>.</summary>
    public long? FindNextChange() => _run is null ? null : _media.FindRoom(_entries[0].Id.Value)?.MediaTime(_media.Now + ChangeLead);

    /// <summary>Ends the mix; returns when the rooms are their hosts' again and the worker is gone.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        var pause = FirstRetry;
        while (!_ended.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            var isTooSlow = false;
            try
            {
                isTooSlow = await RunWorkerAsync();
            }
            catch (MixerStartException failure)
            {
                Log.NotStarted(_logger, _session.Id.Value, failure.Message);
                _metrics.Exited("not_started");
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                break;
            }
            catch (Exception bug)
            {
                Log.Failed(_logger, _session.Id.Value, bug);
            }

            if (_ended.IsCancellationRequested)
            {
                break;
            }

            var isSound = _time.GetElapsedTime(started) > SoundRun;
            var wait = isTooSlow ? SlowPause : isSound ? FirstRetry : pause;
            pause = isSound ? FirstRetry : TimeSpan.FromTicks(Math.Min(pause.Ticks * 4, LongestRetry.Ticks));
            await Task.WhenAny(Task.Delay(wait, _time, CancellationToken.None), Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
        }

        await _ending;
    }

    /// <summary>A worker's life; true when it was ended because it was too slow.</summary>
    private async Task<bool> RunWorkerAsync()
    {
        var start = new MixStart(_time);
        var now = _media.Now;
        Room[] rooms = [.. _entries.Select(entry => _directory.Open(now, entry))];
        var session = Volatile.Read(ref _session) with { Layout = _layouts.Read(MediaTime()).Present };
        var plan = new MixPlan(session, _entries, [.. rooms.Select(room => room.Host?.Codec ?? room.Codec)], _options);
        var link = await GetWorkerAsync(start);
        var tooSlow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var guard = new SlowMixGuard(_policy);
        var run = await MixRun.StartAsync(
            plan, rooms, link, _options, () => _media.Now, start, (mix, stats) => Judge(guard, mix, stats, tooSlow), _time, _metrics,
            line => Log.Worker(_logger, _session.Id.Value, line), _ended.Token);
        _run = run;
        _ = run.Shown.ContinueWith(_ => NoteShown(run, start), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

        // The layout may have changed while the worker started, and others may wait for their time.
        var (present, following) = _layouts.Read(MediaTime());
        run.SetLayout(present, null);
        foreach (var (from, layout) in following)
        {
            run.SetLayout(layout, from);
        }

        await Task.WhenAny(run.Exited, tooSlow.Task, Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
        _run = null;
        if (run.Exited.IsCompleted)
        {
            var exit = await run.Exited;
            _metrics.Exited(SnakeCase.Of(exit.Kind));
            Log.Exited(_logger, _session.Id.Value, exit.Kind, exit.Detail);

            // The rooms are their hosts' already; the next worker need not wait until this one is buried.
            _ending = Task.WhenAll(_ending, run.EndAsync());
            return false;
        }

        await run.RetireAsync();
        _metrics.Exited(tooSlow.Task.IsCompleted ? "too_slow" : "stopped");
        return tooSlow.Task.IsCompleted;
    }

    /// <summary>Of the first room's feed; 0 before anybody came to it.</summary>
    private long MediaTime() => _media.FindRoom(_entries[0].Id.Value)?.MediaTime(_media.Now) ?? 0;

    private async Task<MixerLink> GetWorkerAsync(MixStart start)
    {
        if (_spares.TryTake(out var link))
        {
            start.IsSpare = true;
        }
        else
        {
            link = await MixerLink.ConnectAsync(_worker, line => Log.Worker(_logger, _session.Id.Value, line), _ended.Token);
        }

        start.Note(MixStart.Worker);
        return link;
    }

    private void NoteShown(MixRun run, MixStart start)
    {
        _metrics.SetUp(start);
        Log.Shown(_logger, _session.Id.Value, start.IsSpare ? "spare" : "new", run.ProcessId, start);
    }

    // On the link's thread.
    private void Judge(SlowMixGuard guard, MixRun run, MixerStats stats, TaskCompletionSource tooSlow)
    {
        var step = guard.Add(_media.Now, stats);
        switch (step)
        {
            case SlowMixStep.None:
                return;
            case SlowMixStep.Halve or SlowMixStep.Restore:
                run.SetCanvasStep(step == SlowMixStep.Halve ? 2 : 1);
                break;
            case SlowMixStep.End:
                tooSlow.TrySetResult();
                break;
        }

        _metrics.Slow(step);
        Log.Slow(_logger, _session.Id.Value, step, stats.FramesLate, stats.FramesSkippedByEncoder, stats.Ticks);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Co-host session {CoHost}: {Kind} worker {ProcessId} is shown in every room; ms since it was wanted: {Start}")]
        public static partial void Shown(ILogger logger, string coHost, string kind, int processId, MixStart start);

        [LoggerMessage(2, LogLevel.Warning, "Co-host session {CoHost}: worker ended ({Kind}): {Detail}")]
        public static partial void Exited(ILogger logger, string coHost, MixerExitKind kind, string detail);

        [LoggerMessage(3, LogLevel.Error, "Co-host session {CoHost}: no worker: {Reason}")]
        public static partial void NotStarted(ILogger logger, string coHost, string reason);

        [LoggerMessage(4, LogLevel.Error, "Co-host session {CoHost}: the mix failed and is started again")]
        public static partial void Failed(ILogger logger, string coHost, Exception exception);

        [LoggerMessage(5, LogLevel.Warning, "Co-host session {CoHost}: worker says: {Line}")]
        public static partial void Worker(ILogger logger, string coHost, string line);

        [LoggerMessage(7, LogLevel.Warning, "Co-host session {CoHost}: a layout for media time {At} is left out: {Count} wait for theirs already")]
        public static partial void LayoutLeftOut(ILogger logger, string coHost, long? at, int count);

        [LoggerMessage(
            6, LogLevel.Warning,
            "Co-host session {CoHost}: too slow or calm again, step: {Step}; so far {Late} pictures late and {Skipped} skipped by encoders in {Ticks} ticks")]
        public static partial void Slow(ILogger logger, string coHost, SlowMixStep step, long late, long skipped, long ticks);
    }
}
