using Microsoft.Extensions.Options;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Observability;

/// <summary>Registers the metrics classes and serves <c>/metrics</c>.</summary>
internal static class ObservabilityRegistration
{
    public static IServiceCollection AddObservability(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<JoinMetrics>();
        services.AddSingleton<OrderMetrics>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<OverlayMetrics>();
        services.AddSingleton<ProcessMetrics>();
        return services;
    }

    /// <summary>First in the pipeline: counts what everything behind it answers.</summary>
    public static void UseObservability(this WebApplication app)
    {
        // The collector first, or what the others report at once would be lost.
        app.Services.GetRequiredService<MetricsCollector>();
        app.Services.GetRequiredService<ProcessMetrics>();
        app.Services.GetRequiredService<JoinMetrics>();
        app.Services.GetRequiredService<OrderMetrics>();
        app.Services.GetRequiredService<LedgerMetrics>();
        app.Services.GetRequiredService<OverlayMetrics>();
        var http = app.Services.GetRequiredService<HttpMetrics>();
        app.Use(http.MeasureAsync);
    }

    public static void MapMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/metrics", ReadMetrics)
            .WithTags("Health")
            .WithSummary("Metrics in the Prometheus text format.")
            .WithDescription("Needs an operator's token only if MediaRelay:Metrics:RequireToken is set.")
            .Produces(StatusCodes.Status200OK, contentType: "text/plain");

    private static IResult ReadMetrics(
        HttpContext http, AccessCheck access, IOptions<MetricsOptions> options, MetricsCollector collector)
    {
        if (options.Value.RequireToken)
        {
            var (token, problem) = access.Authenticate(http);
            if (problem is not null)
            {
                return problem;
            }

            if (!Permissions.CanReadMetrics(token!))
            {
                return AccessCheck.Refuse(token, "read the metrics");
            }
        }

        return Results.Text(collector.Collect(), PrometheusText.ContentType);
    }
}
