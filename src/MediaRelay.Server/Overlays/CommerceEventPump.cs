using MediaRelay.Commerce.Events;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Overlays;

/// <summary>
/// Hands commerce's durable events to those who listen, in commit order, and sends what was held back to share a message. It is
/// the one reader of the events: when it stopped, commerce would refuse changes.
/// </summary>
internal sealed partial class CommerceEventPump(
    CommerceHost commerce,
    OverlayHost overlays,
    IEnumerable<ICommerceListener> listeners,
    TimeProvider time,
    ILogger<CommerceEventPump> logger) : BackgroundService
{
    // A tenth of the time that purchases may be held back, and four messages of a room whose merchants take turns.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    private readonly ICommerceListener[] _listeners = [.. listeners];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(PumpAsync(stoppingToken), SendHeldBackAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task PumpAsync(CancellationToken stoppingToken)
    {
        await foreach (var commerceEvent in commerce.Service.Events.ReadAllAsync(stoppingToken))
        {
            foreach (var listener in _listeners)
            {
                Handle(listener, commerceEvent);
            }

            overlays.NoteHeldBack();
        }
    }

    private async Task SendHeldBackAsync(CancellationToken stoppingToken)
    {
        while (await overlays.HeldBack.WaitToReadAsync(stoppingToken))
        {
            overlays.HeldBack.TryRead(out _);
            do
            {
                await Task.Delay(Period, time, stoppingToken);
            }
            while (overlays.Rooms.HandleTimeout(time.GetUtcNow()));
        }
    }

    // The boundary: one listener's bug must not cost the others their events, nor the platform its orders.
    private void Handle(ICommerceListener listener, CommerceEvent commerceEvent)
    {
        try
        {
            listener.Handle(commerceEvent);
        }
        catch (Exception bug)
        {
            Log.NotHandled(logger, bug, listener.GetType().Name, commerceEvent.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Listener} could not handle {Event}.")]
        public static partial void NotHandled(ILogger logger, Exception bug, string listener, string @event);
    }
}
