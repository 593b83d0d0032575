using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Reports;

/// <summary>Registers what writes down what reports are made of.</summary>
internal static class ReportRegistration
{
    public static IServiceCollection AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ShowRecorder>();
        services.AddSingleton<ICommerceListener>(provider => provider.GetRequiredService<ShowRecorder>());
        services.AddHostedService(provider => provider.GetRequiredService<ShowRecorder>());
        return services;
    }
}
