using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Server.Media;

namespace MediaRelay.Server.Overlays;

/// <summary>
/// Tells rooms their likes and viewers, at most four times a second and only when they changed, and has the likes kept.
/// </summary>
internal sealed class TallyTimer(OverlayHub hub, TallyBoard tallies, MediaHost media, TimeProvider time) : BackgroundService
{
    // What a crash loses of the likes at most.
    private static readonly TimeSpan KeepPeriod = TimeSpan.FromSeconds(2);

    // Five a second is the bound that platforms are told.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var kept = time.GetTimestamp();
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Tell(time.GetUtcNow());
                if (time.GetElapsedTime(kept) >= KeepPeriod)
                {
                    kept = time.GetTimestamp();
                    await KeepAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Keeps the rest; commerce is closed after this.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await KeepAsync();
    }

    private async Task KeepAsync()
    {
        var unkept = tallies.FindUnkept();

        // When the store does not take them now, it is asked again with what has come to them.
        if (unkept.Count > 0 && (await hub.Commerce.KeepLikesAsync(time.GetUtcNow(), unkept)).IsSuccess)
        {
            tallies.NoteKept(unkept);
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
