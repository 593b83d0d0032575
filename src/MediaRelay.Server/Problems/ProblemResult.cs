using System.Globalization;
using System.Text.Json;

namespace MediaRelay.Server.Problems;

/// <summary>An error answer: RFC 9457 problem details, with the field at fault and what it allows where there is one.</summary>
internal sealed class ProblemResult : IResult
{
    private const string ProblemJson = "application/problem+json";

    public required HttpProblemKind Kind { get; init; }

    /// <summary>What happened, in one sentence for the caller.</summary>
    public required string Detail { get; init; }

    /// <summary>Path of the field at fault (<c>lines[0].quantity</c>), or the name of a header, query or route value.</summary>
    public string? Field { get; init; }

    /// <summary>The value that was refused, cut to a readable length.</summary>
    public string? Value { get; init; }

    /// <summary>What would be accepted.</summary>
    public string? Allowed { get; init; }

    /// <summary>One word for why now is not the time, for callers who choose another node or wait: <c>draining</c>, <c>overloaded</c>…</summary>
    public string? Reason { get; init; }

    /// <summary>When trying again makes sense.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>RFC 6750 §3: the error code of the <c>WWW-Authenticate</c> challenge, for 401.</summary>
    public string? Challenge { get; init; }

    public int Status => Kind.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Kind.Status;
        response.ContentType = ProblemJson;
        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        if (RetryAfter is { } wait)
        {
            // RFC 9110 §10.2.3: whole seconds; at least one, or the header says nothing.
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            return;
        }

        using (var writer = new Utf8JsonWriter(response.BodyWriter))
        {
            Write(writer, httpContext.Request.Path);
        }

        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter writer, string instance)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Kind.Type);
        writer.WriteString("title", Kind.Title);
        writer.WriteNumber("status", Kind.Status);
        writer.WriteString("detail", Detail);
        writer.WriteString("instance", instance);
        WriteIfGiven(writer, "field", Field);
        WriteIfGiven(writer, "value", Value);
        WriteIfGiven(writer, "allowed", Allowed);
        WriteIfGiven(writer, "reason", Reason);
        writer.WriteEndObject();
    }

    private static void WriteIfGiven(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
