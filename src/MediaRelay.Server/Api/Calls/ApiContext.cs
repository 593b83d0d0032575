using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Api.Calls;

/// <summary>What one call knows: the request, when it arrived, who asks.</summary>
internal sealed class ApiContext(HttpContext http, DateTimeOffset at, AccessToken? token)
{
    public HttpContext Http { get; } = http;

    /// <summary>Wall time of the request's arrival: what ledgers and overlays are stamped with.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>Who asks; null where a call may do without a token and none was sent.</summary>
    public AccessToken? Token { get; } = token;

    /// <summary>Who asks, in a call that needs a token.</summary>
    public AccessToken Bearer => Token ?? throw new InvalidOperationException("The call does without a token.");

    /// <summary>A value of the route, as the client wrote it.</summary>
    public string Route(string name) => (string)Http.GetRouteValue(name)!;

    public T Service<T>()
        where T : notnull => Http.RequestServices.GetRequiredService<T>();
}
