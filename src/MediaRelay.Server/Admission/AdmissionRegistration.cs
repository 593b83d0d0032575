namespace MediaRelay.Server.Admission;

/// <summary>Registers what decides whether a session is taken just now, and shows how near the limits are.</summary>
internal static class AdmissionRegistration
{
    public static IServiceCollection AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<JoinLimiter>();
        services.AddSingleton<JoinGate>();
        services.AddSingleton<LimitMetrics>();
        return services;
    }

    /// <summary>Makes the limits' instruments, so that the first scrape shows them.</summary>
    public static void UseAdmission(this IApplicationBuilder app) => app.ApplicationServices.GetRequiredService<LimitMetrics>();
}
