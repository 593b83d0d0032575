using MediaRelay.Server.CoHosting;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Media;

/// <summary>Registers the media port, the relay and their metrics.</summary>
internal static class MediaRegistration
{
    public static IServiceCollection AddRelay(this IServiceCollection services)
    {
        services.AddSingleton<RelayEvents>();
        services.AddSingleton<MediaHost>();
        services.AddHostedService(provider => provider.GetRequiredService<MediaHost>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<MediaHost>());
        services.AddSingleton<IActiveSessions>(provider => provider.GetRequiredService<MediaHost>());
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton(provider => new SlateLibrary(
            MixPlan.ElementsOf(provider.GetRequiredService<IOptions<CoHostOptions>>().Value),
            provider.GetRequiredService<ILogger<SlateLibrary>>()));
        services.AddHostedService(provider => provider.GetRequiredService<SlateLibrary>());
        return services;
    }

    /// <summary>Makes the relay's instruments, so that the first scrape shows them.</summary>
    public static void UseRelay(this IApplicationBuilder app) => app.ApplicationServices.GetRequiredService<RelayMetrics>();
}
