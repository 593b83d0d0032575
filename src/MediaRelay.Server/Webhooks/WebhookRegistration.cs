using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Webhooks;

/// <summary>Registers what gathers events for receivers outside, and what delivers them.</summary>
internal static class WebhookRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<WebhookSender>();
        services.AddListener<WebhookDispatcher>();
        services.AddListener<LeaderboardTeller>();
        services.AddSingleton<WebhookFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookFeed>());
        return services;
    }

    private static void AddListener<T>(this IServiceCollection services)
        where T : BackgroundService, ICommerceListener
    {
        services.AddSingleton<T>();
        services.AddSingleton<ICommerceListener>(provider => provider.GetRequiredService<T>());
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
