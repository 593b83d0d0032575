namespace MediaRelay.Server.Overload;

/// <summary>Registers what watches the relay's loops; after the relay, whose loops must run.</summary>
internal static class OverloadRegistration
{
    public static IServiceCollection AddOverloadGuard(this IServiceCollection services)
    {
        services.AddSingleton<OverloadMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<OverloadMonitor>());
        return services;
    }
}
