using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Hosting;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it should get traffic.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/health/live", ["GET", "HEAD"], () => Results.Text("live\n"))
            .WithTags("Health").WithSummary("The process answers.").Produces(StatusCodes.Status200OK);
        endpoints.MapMethods("/health/ready", ["GET", "HEAD"], Ready)
            .WithTags("Health").WithSummary("Database open, media port bound, not draining.")
            .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Ready(IEnumerable<IReadinessCheck> checks)
    {
        var reasons = checks.Where(check => check.NotReadyBecause is not null)
            .Select(check => $"{check.Name}: {check.NotReadyBecause}").ToList();
        return reasons.Count == 0
            ? Results.Text("ready\n")
            : HttpProblem.Unavailable(string.Join("; ", reasons) + ".", RetryAfter);
    }
}
