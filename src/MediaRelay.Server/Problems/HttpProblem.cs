namespace MediaRelay.Server.Problems;

/// <summary>Makes the error answers of the API and of signalling.</summary>
internal static class HttpProblem
{
    private const int MaxEchoedValue = 100;

    /// <summary>401 without a token: RFC 6750 §3.1 sends a bare challenge then.</summary>
    public static ProblemResult TokenMissing() => new()
    {
        Kind = HttpProblemKind.Unauthorized,
        Detail = "The call needs an access token: Authorization: Bearer <JWT>.",
        Challenge = "Bearer realm=\"MediaRelay\"",
    };

    /// <summary>401 with a token that is refused because of <paramref name="reason"/>.</summary>
    public static ProblemResult TokenInvalid(string reason) => new()
    {
        Kind = HttpProblemKind.Unauthorized,
        Detail = $"The access token is refused: {reason}.",
        Challenge = "Bearer realm=\"MediaRelay\", error=\"invalid_token\"",
    };

    public static ProblemResult Forbidden(string detail) => new() { Kind = HttpProblemKind.Forbidden, Detail = detail };

    public static ProblemResult NotFound(string what, string id) => new()
    {
        Kind = HttpProblemKind.NotFound,
        Detail = $"There is no {what} {Echo(id)}.",
    };

    public static ProblemResult UnsupportedMediaType(string? given, string allowed) => new()
    {
        Kind = HttpProblemKind.UnsupportedMediaType,
        Detail = $"The body must be {allowed}.",
        Field = "Content-Type",
        Value = Echo(given ?? ""),
        Allowed = allowed,
    };

    /// <summary>400 for one field; <paramref name="value"/> null when the field is missing.</summary>
    public static ProblemResult BadRequest(string field, string? value, string allowed) =>
        AtField(HttpProblemKind.BadRequest, field, value, allowed);

    /// <summary>422 for one field.</summary>
    public static ProblemResult Unprocessable(string field, string? value, string allowed) =>
        AtField(HttpProblemKind.Unprocessable, field, value, allowed);

    public static ProblemResult NotAcceptable(string detail) => new() { Kind = HttpProblemKind.NotAcceptable, Detail = detail };

    public static ProblemResult Conflict(string detail) => new() { Kind = HttpProblemKind.Conflict, Detail = detail };

    public static ProblemResult PreconditionFailed(string header, string value, string current) => new()
    {
        Kind = HttpProblemKind.PreconditionFailed,
        Detail = $"{header} does not name the current version.",
        Field = header,
        Value = Echo(value),
        Allowed = current,
    };

    public static ProblemResult TooLarge(int limitBytes) => new()
    {
        Kind = HttpProblemKind.TooLarge,
        Detail = $"The body is larger than {limitBytes} bytes.",
        Allowed = $"at most {limitBytes} bytes",
    };

    public static ProblemResult TooManyRequests(string detail, TimeSpan retryAfter, string? reason = null) => new()
    {
        Kind = HttpProblemKind.TooManyRequests,
        Detail = detail,
        Reason = reason,
        RetryAfter = retryAfter,
    };

    public static ProblemResult Unavailable(string detail, TimeSpan retryAfter, string? reason = null) => new()
    {
        Kind = HttpProblemKind.Unavailable,
        Detail = detail,
        Reason = reason,
        RetryAfter = retryAfter,
    };

    /// <summary>Cuts what a caller sent to a length that is fit for an answer or a log line.</summary>
    public static string Echo(string value) =>
        value.Length <= MaxEchoedValue ? value : string.Concat(value.AsSpan(0, MaxEchoedValue), "…");

    private static ProblemResult AtField(HttpProblemKind kind, string field, string? value, string allowed) => new()
    {
        Kind = kind,
        Detail = value is null ? $"{field} is missing; allowed: {allowed}." : $"{field} is {Echo(value)}; allowed: {allowed}.",
        Field = field,
        Value = value is null ? null : Echo(value),
        Allowed = allowed,
    };
}
