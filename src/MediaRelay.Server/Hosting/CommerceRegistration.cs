using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Hosting;

/// <summary>Registers the commerce part, what waits for its time, and what tells viewers of it.</summary>
internal static class CommerceRegistration
{
    public static IServiceCollection AddCommerce(this IServiceCollection services)
    {
        services.AddSingleton<CommerceHost>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<CommerceHost>());
        services.AddHostedService(provider => provider.GetRequiredService<CommerceHost>());
        services.AddHostedService<InvitationTimer>();
        services.AddSingleton<OverlayHost>();
        services.AddSingleton<ICommerceListener>(provider => provider.GetRequiredService<OverlayHost>());
        services.AddHostedService<CommerceEventPump>();
        return services;
    }
}
