namespace MediaRelay.Server.HandOffs;

/// <summary>Registers what moves viewers to other rooms.</summary>
internal static class HandOffRegistration
{
    public static IServiceCollection AddHandOffs(this IServiceCollection services)
    {
        services.AddSingleton<HandOffMetrics>();
        services.AddSingleton<HandOffDesk>();
        services.AddHostedService(provider => provider.GetRequiredService<HandOffDesk>());
        return services;
    }
}
