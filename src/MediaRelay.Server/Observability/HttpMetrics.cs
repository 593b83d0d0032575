using System.Diagnostics.Metrics;

namespace MediaRelay.Server.Observability;

/// <summary>Requests by route; the route is the template, so that labels stay few.</summary>
internal sealed class HttpMetrics
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public HttpMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _requests = meter.CreateCounter<long>("http_requests_total", description: "HTTP requests answered, by method, route and status.");
        _duration = meter.CreateHistogram<double>(
            "http_request_duration_seconds", description: "Time from a request's arrival to the end of its answer, by route.");
    }

    public async Task MeasureAsync(HttpContext http, RequestDelegate next)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var start = time.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError; // what it is when an exception passes here
        try
        {
            await next(http);
            status = http.Response.StatusCode;
        }
        finally
        {
            Record(http, status, time.GetElapsedTime(start));
        }
    }

    private void Record(HttpContext http, int status, TimeSpan elapsed)
    {
        var route = KeyValuePair.Create<string, object?>("route", (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none");
        var method = KeyValuePair.Create<string, object?>("method", Methods.Contains(http.Request.Method) ? http.Request.Method : "other");
        _requests.Add(1, method, route, KeyValuePair.Create<string, object?>("status", status));

        // A WebSocket's request lasts as long as its viewer stays.
        if (status != StatusCodes.Status101SwitchingProtocols)
        {
            _duration.Record(elapsed.TotalSeconds, route);
        }
    }
}
