using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Auth;

/// <summary>
/// The first check of every call: who asks. Answers a token, or the 401 to send; what the token permits is said by
/// <see cref="Permissions"/>.
/// </summary>
internal sealed class AccessCheck(AccessTokens tokens)
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>For calls that need a token: it, or the 401 to answer with; exactly one is null.</summary>
    public (AccessToken? Token, ProblemResult? Problem) Authenticate(HttpContext http)
    {
        var (token, problem) = Identify(http);
        return token is null && problem is null ? (null, HttpProblem.TokenMissing()) : (token, problem);
    }

    /// <summary>For calls that may do without: (null, null) when no token was sent. One that is sent must be good.</summary>
    public (AccessToken? Token, ProblemResult? Problem) Identify(HttpContext http)
    {
        if (!TryFindJwt(http, out var jwt, out var problem))
        {
            return (null, problem);
        }

        return tokens.TryRead(jwt, out var token, out var reason) ? (token, null) : (null, HttpProblem.TokenInvalid(reason));
    }

    /// <summary>
    /// 401 or 403 for a caller who is not permitted: without a token asking for one comes first.
    /// </summary>
    public static ProblemResult Refuse(AccessToken? token, string what) =>
        token is null ? HttpProblem.TokenMissing() : HttpProblem.Forbidden($"The token's role, room, merchant or scope does not permit to {what}.");

    // False with a problem when there is something that is no token; false without one when there is nothing.
    private static bool TryFindJwt(HttpContext http, out string jwt, out ProblemResult? problem)
    {
        jwt = "";
        problem = null;
        var header = http.Request.Headers.Authorization;
        if (header.Count > 1)
        {
            problem = HttpProblem.TokenInvalid("there is more than one Authorization header");
            return false;
        }

        if (header.Count == 1 && header[0] is { Length: > 0 } value)
        {
            if (!value.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
            {
                problem = HttpProblem.TokenInvalid("the Authorization header is not of scheme Bearer");
                return false;
            }

            jwt = value[BearerPrefix.Length..].Trim();
            return true;
        }

        // Browsers cannot set headers on a WebSocket. Elsewhere a token in the address would end up in logs for nothing.
        if (IsWebSocketRequest(http) && http.Request.Query["access_token"] is [{ Length: > 0 } query])
        {
            jwt = query;
            return true;
        }

        return false;
    }

    private static bool IsWebSocketRequest(HttpContext http) =>
        http.WebSockets.IsWebSocketRequest
        || string.Equals(http.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);
}
