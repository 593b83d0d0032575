using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MediaRelay.Server.Hosting;

/// <summary>Registers the clock, draining and what reacts to signals.</summary>
internal static class HostingRegistration
{
    public static IServiceCollection AddDraining(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<NodeStart>();
        services.AddSingleton(provider => new Lazy<IEnumerable<IActiveSessions>>(provider.GetServices<IActiveSessions>));
        services.AddSingleton<DrainState>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<DrainState>());
        services.AddSingleton<IHostLifetime, DrainingLifetime>();
        return services;
    }
}
