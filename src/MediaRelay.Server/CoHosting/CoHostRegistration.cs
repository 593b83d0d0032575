using MediaRelay.Server.Api;
using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.CoHosting;

/// <summary>Registers the mixers of co-host sessions.</summary>
internal static class CoHostRegistration
{
    public static IServiceCollection AddMixing(this IServiceCollection services)
    {
        services.AddSingleton<MixMetrics>();
        services.AddSingleton<CoHostConductor>();
        services.AddSingleton<ICommerceListener>(provider => provider.GetRequiredService<CoHostConductor>());
        services.AddSingleton<IMixArrangement>(provider => provider.GetRequiredService<CoHostConductor>());
        services.AddSingleton<ICoHostCapacity>(provider => provider.GetRequiredService<CoHostConductor>());
        services.AddHostedService(provider => provider.GetRequiredService<CoHostConductor>());
        return services;
    }
}
