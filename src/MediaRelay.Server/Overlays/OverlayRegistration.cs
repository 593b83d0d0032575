using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Server.Api;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Overlays;

/// <summary>Registers what brings overlay messages to viewers and theirs to commerce.</summary>
internal static class OverlayRegistration
{
    public static IServiceCollection AddOverlays(this IServiceCollection services)
    {
        services.AddSingleton<TallyBoard>();
        services.AddSingleton<InteractionStream>();
        services.AddSingleton<SpeakerBoard>();
        services.AddSingleton<SpeakerSource>(provider => (roomId, _) => provider.GetRequiredService<SpeakerBoard>().Find(roomId));
        services.AddSingleton<OverlayDeliveryMetrics>();
        services.AddSingleton<OverlayHub>();
        services.AddSingleton<IActiveSessions>(provider => provider.GetRequiredService<OverlayHub>());
        services.AddSingleton<IRoomAudience>(provider => provider.GetRequiredService<OverlayHub>());
        services.AddSingleton<IRoomBroadcast>(provider => provider.GetRequiredService<OverlayHub>());
        services.AddSingleton<MediaTimeSource>(provider =>
            (roomId, at) => provider.GetRequiredService<OverlayHub>().MediaTime(roomId, at));
        services.AddHostedService<TallyTimer>();
        return services;
    }
}
