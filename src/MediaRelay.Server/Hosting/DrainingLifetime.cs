using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>
/// Signals: SIGTERM drains (no new sessions, the process ends when the last session has, or at the deadline), a second one
/// ends at once. SIGINT and SIGQUIT, sent by someone at a terminal, end without waiting for sessions.
/// </summary>
internal sealed partial class DrainingLifetime(
    DrainState drain,
    IOptions<DrainOptions> options,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<DrainingLifetime> logger) : IHostLifetime, IDisposable
{
    // How soon the end of the last session is noticed.
    private static readonly TimeSpan SessionPoll = TimeSpan.FromMilliseconds(100);

    // A regular stop closes the database and the workers; what takes longer is cut off.
    private static readonly TimeSpan HurriedStop = TimeSpan.FromSeconds(1);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly CancellationTokenSource _hurry = new();
    private ITimer? _cutOff;
    private int _terminations;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, HandleTermination)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, HandleInterrupt)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Handle(context, HandleInterrupt)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _cutOff?.Dispose();
        _hurry.Dispose();
    }

    // The runtime's own reaction would end the process with a code that is not 0.
    private static void Handle(PosixSignalContext context, Action action)
    {
        context.Cancel = true;
        action();
    }

    internal void HandleTermination()
    {
        if (Interlocked.Increment(ref _terminations) == 1)
        {
            _ = DrainAndStopAsync();
        }
        else
        {
            StopNow();
        }
    }

    internal void HandleInterrupt()
    {
        drain.BeginFinal();
        if (Interlocked.Increment(ref _terminations) == 1)
        {
            application.StopApplication();
        }
        else
        {
            StopNow();
        }
    }

    private async Task DrainAndStopAsync()
    {
        drain.BeginFinal();
        var deadline = time.GetUtcNow() + options.Value.Deadline;
        Log.Draining(logger, drain.SessionCount, options.Value.Deadline);
        try
        {
            while (drain.SessionCount > 0 && time.GetUtcNow() < deadline)
            {
                await Task.Delay(SessionPoll, time, _hurry.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // A second signal: the stop below is on its way already.
        }

        Log.Drained(logger, drain.SessionCount);
        application.StopApplication();
    }

    private void StopNow()
    {
        Log.Hurried(logger);
        _cutOff ??= time.CreateTimer(_ => Environment.Exit(0), state: null, HurriedStop, Timeout.InfiniteTimeSpan);
        _hurry.Cancel();
        application.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Draining: {Sessions} sessions may go on for {Deadline}.")]
        public static partial void Draining(ILogger logger, int sessions, TimeSpan deadline);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopping with {Sessions} sessions left.")]
        public static partial void Drained(ILogger logger, int sessions);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping at once: a second signal came.")]
        public static partial void Hurried(ILogger logger);
    }
}
