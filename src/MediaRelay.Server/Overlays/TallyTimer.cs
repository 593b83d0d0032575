using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Server.Media;

namespace MediaRelay.Server.Overlays;

/// <summary>Tells rooms their likes and viewers, at most four times a second and only when they changed.</summary>
internal sealed class TallyTimer(OverlayHub hub, TallyBoard tallies, MediaHost media, TimeProvider time) : BackgroundService
{
    // Five a second is the bound that platforms are told.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Tell(time.GetUtcNow());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Tell(DateTimeOffset now)
    {
        foreach (var room in media.Relay.Rooms)
        {
            var roomId = RoomId.Parse(room.Id);
            if (hub.CountViewers(roomId) is var viewers && tallies.TryTakeChange(roomId, viewers, out var likes))
            {
                hub.Room(roomId).Publish(UnixMicros.Of(now), room.MediaTime(media.Now), new TallyBody(likes, viewers));
                hub.Metrics.TallySent();
            }
        }
    }
}
