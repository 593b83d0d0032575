using MediaRelay.Commerce.CoHosting;
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
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // A worker that ran this long was sound; its death does not slow the next start.
    private static readonly TimeSpan SoundRun = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<RoomEntry> _entries;
    private readonly RoomDirectory _directory;
    private readonly MediaHost _media;
    private readonly CoHostOptions _options;
    private readonly MixerWorkerOptions _worker;
    private readonly MixMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ended = new();
    private CoHostSession _session;
    private MixRun? _run;
    private Task _running = Task.CompletedTask;

    public CoHostMix(
        CoHostSession session, IReadOnlyList<RoomEntry> entries, RoomDirectory directory, MediaHost media, CoHostOptions options,
        MixerWorkerOptions worker, MixMetrics metrics, TimeProvider time, ILogger logger)
    {
        _session = session;
        _entries = entries;
        _directory = directory;
        _media = media;
        _options = options;
        _worker = worker;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Process id of the worker; 0 while none runs.</summary>
    public int WorkerProcessId => _run?.ProcessId ?? 0;

    public void Start() => _running = Task.Run(RunAsync);

    public void SetLayout(CoHostSession session, long? atMediaTime)
    {
        Volatile.Write(ref _session, session);
        _run?.SetLayout(session.Layout, atMediaTime);
    }

    /// <summary>Ends the mix; returns when the rooms are their hosts' again and the worker is gone.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        var retry = FirstRetry;
        while (!_ended.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            try
            {
                await RunWorkerAsync(started);
            }
            catch (MixerStartException failure)
            {
                Log.NotStarted(_logger, _session.Id.Value, failure.Message);
                _metrics.Exited("not_started");
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception bug)
            {
                Log.Failed(_logger, _session.Id.Value, bug);
            }

            if (_ended.IsCancellationRequested)
            {
                return;
            }

            retry = _time.GetElapsedTime(started) > SoundRun ? FirstRetry : TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks));
            await Task.WhenAny(Task.Delay(retry, _time, CancellationToken.None), Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
        }
    }

    private async Task RunWorkerAsync(long started)
    {
        var now = _media.Now;
        Room[] rooms = [.. _entries.Select(entry => _directory.Open(now, entry))];
        var plan = new MixPlan(Volatile.Read(ref _session), _entries, [.. rooms.Select(room => room.Host?.Codec ?? room.Codec)], _options);
        var run = await MixRun.StartAsync(
            plan, rooms, _worker, _time, _metrics, line => Log.Worker(_logger, _session.Id.Value, line), _ended.Token);
        _run = run;
        _ = run.Shown.ContinueWith(
            _ => _metrics.SetUp(_time.GetElapsedTime(started)), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        Log.Started(_logger, _session.Id.Value, run.ProcessId, _time.GetElapsedTime(started).TotalMilliseconds);

        // The layout may have changed while the worker started.
        run.SetLayout(Volatile.Read(ref _session).Layout, null);
        await Task.WhenAny(run.Exited, Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
        _run = null;
        if (run.Exited.IsCompleted)
        {
            var exit = await run.Exited;
            _metrics.Exited(SnakeCase.Of(exit.Kind));
            Log.Exited(_logger, _session.Id.Value, exit.Kind, exit.Detail);
            await run.EndAsync();
        }
        else
        {
            await run.RetireAsync();
            _metrics.Exited("stopped");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Co-host session {CoHost}: worker {ProcessId} runs after {Milliseconds:F0} ms")]
        public static partial void Started(ILogger logger, string coHost, int processId, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "Co-host session {CoHost}: worker ended ({Kind}): {Detail}")]
        public static partial void Exited(ILogger logger, string coHost, MixerExitKind kind, string detail);

        [LoggerMessage(3, LogLevel.Error, "Co-host session {CoHost}: no worker: {Reason}")]
        public static partial void NotStarted(ILogger logger, string coHost, string reason);

        [LoggerMessage(4, LogLevel.Error, "Co-host session {CoHost}: the mix failed and is started again")]
        public static partial void Failed(ILogger logger, string coHost, Exception exception);

        [LoggerMessage(5, LogLevel.Warning, "Co-host session {CoHost}: worker says: {Line}")]
        public static partial void Worker(ILogger logger, string coHost, string line);
    }
}
