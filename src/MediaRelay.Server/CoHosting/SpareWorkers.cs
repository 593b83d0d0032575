using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// Workers that were started ahead: connected, codecs loaded, rehearsed. One that is taken or dies is replaced; when they keep dying,
/// after growing pauses.
/// </summary>
internal sealed partial class SpareWorkers(
    int wanted, MixerWorkerOptions worker, CodecElements elements, MachineReader machine, TimeProvider time, ILogger logger)
{
    // Twice what an idle spare holds: what is left is the sessions'.
    private const long LeastMemory = 256 * 1024 * 1024;

    // A session that has just begun comes first.
    private static readonly TimeSpan AfterTaken = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A spare that lasted this long was sound.
    private static readonly TimeSpan SoundLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MemoryPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<MixerLink, TaskCompletionSource> _ready = new();
    private readonly CancellationTokenSource _ended = new();
    private Task _keeping = Task.CompletedTask;

    /// <summary>Process ids of the workers that are ready now.</summary>
    public IEnumerable<int> Ready => _ready.Keys.Where(IsAlive).Select(link => link.ProcessId);

    /// <summary>Begins to start them, one after the other.</summary>
    public void Start() => _keeping = Task.WhenAll(Enumerable.Range(0, wanted).Select(_ => Task.Run(KeepOneAsync)));

    /// <summary>Hands over a worker that is ready; the caller owns it then.</summary>
    public bool TryTake([NotNullWhen(true)] out MixerLink? link)
    {
        foreach (var (candidate, taken) in _ready)
        {
            if (IsAlive(candidate) && _ready.TryRemove(candidate, out _))
            {
                taken.TrySetResult();
                link = candidate;
                return true;
            }
        }

        link = null;
        return false;
    }

    /// <summary>Ends those that nobody has taken.</summary>
    public async Task StopAsync()
    {
        await _ended.CancelAsync();
        await _keeping;
    }

    private static bool IsAlive(MixerLink link) => !link.Exited.IsCompleted;

    private async Task KeepOneAsync()
    {
        var pause = FirstPause;
        while (!_ended.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                if (machine.ReadAvailableMemory() is { } available && available < LeastMemory)
                {
                    Log.TooLittleMemory(logger, available / (1024 * 1024), LeastMemory / (1024 * 1024));
                    await Task.Delay(MemoryPause, time, _ended.Token);
                    continue;
                }

                if (await LiveAsync(started))
                {
                    pause = FirstPause;
                    await Task.Delay(AfterTaken, time, _ended.Token);
                    continue;
                }
            }
            catch (MixerStartException failure)
            {
                Log.NotReady(logger, failure.Message);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception bug)
            {
                // The boundary of one spare: sessions start without it, only slower.
                Log.Failed(logger, bug);
            }

            if (time.GetElapsedTime(started) > SoundLife)
            {
                pause = FirstPause;
            }

            await Task.WhenAny(Task.Delay(pause, time, CancellationToken.None), Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>A spare's life; true when it was taken, false when it died.</summary>
    private async Task<bool> LiveAsync(long started)
    {
        var link = await MixerLink.ConnectAsync(worker, line => Log.Says(logger, line), _ended.Token);
        var isTaken = false;
        try
        {
            await link.PrepareAsync(elements, _ended.Token);
            var memory = machine.ReadProcess(link.ProcessId)?.ResidentBytes ?? 0;
            Log.Ready(logger, link.ProcessId, time.GetElapsedTime(started).TotalMilliseconds, memory / (1024 * 1024));
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ready.TryAdd(link, taken);
            await Task.WhenAny(taken.Task, link.Exited, Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));

            // Who removes it from the list decides: it may be taken at this very moment.
            isTaken = !_ready.TryRemove(link, out _);
            if (!isTaken && link.Exited.IsCompleted)
            {
                Log.Died(logger, link.ProcessId, (await link.Exited).Detail);
            }

            return isTaken;
        }
        finally
        {
            if (!isTaken)
            {
                await link.DisposeAsync();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Spare mixer worker {ProcessId} is ready after {Milliseconds:F0} ms; it holds {Megabytes} MB")]
        public static partial void Ready(ILogger logger, int processId, double milliseconds, long megabytes);

        [LoggerMessage(2, LogLevel.Warning, "Spare mixer worker {ProcessId} ended: {Detail}")]
        public static partial void Died(ILogger logger, int processId, string detail);

        [LoggerMessage(3, LogLevel.Warning, "No spare mixer worker: {Reason}")]
        public static partial void NotReady(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Warning, "No spare mixer worker: {Available} MB of memory are available, {Least} are needed")]
        public static partial void TooLittleMemory(ILogger logger, long available, long least);

        [LoggerMessage(5, LogLevel.Error, "A spare mixer worker could not be kept")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(6, LogLevel.Warning, "Spare mixer worker says: {Line}")]
        public static partial void Says(ILogger logger, string line);
    }
}
