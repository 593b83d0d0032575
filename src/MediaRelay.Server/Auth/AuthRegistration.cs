namespace MediaRelay.Server.Auth;

/// <summary>Registers what reads and mints tokens.</summary>
internal static class AuthRegistration
{
    public static IServiceCollection AddAccessTokens(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AccessCheck>();
        return services;
    }
}
