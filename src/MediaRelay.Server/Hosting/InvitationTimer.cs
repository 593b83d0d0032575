namespace MediaRelay.Server.Hosting;

/// <summary>
/// Expires co-host invitations that nobody answered in time, has heads of ledgers signed and closed statements digested, and a
/// store that failed read anew.
/// </summary>
internal sealed partial class InvitationTimer(CommerceHost commerce, TimeProvider time, ILogger<InvitationTimer> logger) : BackgroundService
{
    // An invitation lives for a minute; a quarter of a second late is on time for those who wait.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = time.GetUtcNow();
                if (commerce.Service.NextTimeout() <= now)
                {
                    var outcome = await commerce.Service.HandleTimeoutAsync(now);
                    if (outcome.Problem is { } problem)
                    {
                        Log.NotDone(logger, problem.Detail);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "What was due could not be done and will be tried again: {Detail}")]
        public static partial void NotDone(ILogger logger, string detail);
    }
}
