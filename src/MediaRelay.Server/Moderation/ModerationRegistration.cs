namespace MediaRelay.Server.Moderation;

/// <summary>Registers what comments go through.</summary>
internal static class ModerationRegistration
{
    public static IServiceCollection AddModeration(this IServiceCollection services)
    {
        services.AddSingleton<ModerationMetrics>();
        services.AddSingleton<CommentDesk>();
        services.AddHostedService(provider => provider.GetRequiredService<CommentDesk>());
        return services;
    }
}
