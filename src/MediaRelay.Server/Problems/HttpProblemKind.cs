namespace MediaRelay.Server.Problems;

/// <summary>One kind of error answer. <see cref="Type"/> is stable: callers may branch on it.</summary>
/// <param name="Name">Last segment of the type URI.</param>
/// <param name="Status">HTTP status code.</param>
/// <param name="Title">The same sentence for every occurrence (RFC 9457 §3.1.3).</param>
/// <param name="Explanation">What a caller can do about it; served at the type URI.</param>
internal sealed record HttpProblemKind(string Name, int Status, string Title, string Explanation)
{
    public static readonly HttpProblemKind Unauthorized = new(
        "unauthorized", 401, "A valid access token is needed.",
        "Send Authorization: Bearer <JWT>, signed with HS256 by a configured API key, with iss, sub, exp and role, and not expired.");

    public static readonly HttpProblemKind Forbidden = new(
        "forbidden", 403, "The token does not permit this.",
        "The token is valid, but its role, room, merchant or scope does not cover the call.");

    public static readonly HttpProblemKind NotFound = new(
        "not-found", 404, "There is no such thing.",
        "The address names something that does not exist (any more).");

    public static readonly HttpProblemKind MethodNotAllowed = new(
        "method-not-allowed", 405, "The resource does not know this method.",
        "The Allow header lists the methods that it knows.");

    public static readonly HttpProblemKind NotAcceptable = new(
        "not-acceptable", 406, "Nothing in the offer can be used.",
        "The offer is well formed, but the relay shares no codec or transport with it.");

    public static readonly HttpProblemKind Conflict = new(
        "conflict", 409, "The call contradicts the present state.",
        "The same identity already stands for something else, or another party holds the resource.");

    public static readonly HttpProblemKind PreconditionFailed = new(
        "precondition-failed", 412, "The resource has changed.",
        "If-Match names a version that is no longer the current one: read it again.");

    public static readonly HttpProblemKind PreconditionRequired = new(
        "precondition-required", 428, "The call needs a condition.",
        "Send If-Match with the session's ETag, or \"*\" to restart ICE (RFC 9725 §4.3).");

    public static readonly HttpProblemKind TooLarge = new(
        "too-large", 413, "The body is too large.",
        "The limit is MediaRelay:Limits:RequestBytes.");

    public static readonly HttpProblemKind UnsupportedMediaType = new(
        "unsupported-media-type", 415, "The content type is not the one that this call takes.",
        "Send the content type that the answer names as allowed.");

    public static readonly HttpProblemKind BadRequest = new(
        "bad-request", 400, "The request is malformed.",
        "The answer names the field, the value and what is allowed.");

    public static readonly HttpProblemKind Unprocessable = new(
        "unprocessable", 422, "The request is well formed but cannot be carried out.",
        "The answer names the field, the value and what is allowed.");

    public static readonly HttpProblemKind TooManyRequests = new(
        "too-many-requests", 429, "This identity is over its limit.",
        "Wait as long as Retry-After says.");

    public static readonly HttpProblemKind InternalError = new(
        "internal-error", 500, "The relay failed.",
        "Nothing was acknowledged. The log of the node has the cause.");

    public static readonly HttpProblemKind Unavailable = new(
        "unavailable", 503, "The relay cannot take this now.",
        "A limit is reached, the node is draining, or a part is missing; Retry-After says when to try again.");

    public static readonly IReadOnlyList<HttpProblemKind> All =
    [
        Unauthorized, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, Conflict, PreconditionFailed, PreconditionRequired, TooLarge,
        UnsupportedMediaType, BadRequest, Unprocessable, TooManyRequests, InternalError, Unavailable,
    ];

    /// <summary>Relative URI (RFC 9457 §3.1.1) that the server answers with the explanation.</summary>
    public string Type => "/problems/" + Name;

    /// <summary>The kind for a bare status code, or null when the code is no error that the relay gives.</summary>
    public static HttpProblemKind? ForStatus(int status) => All.FirstOrDefault(kind => kind.Status == status);
}
