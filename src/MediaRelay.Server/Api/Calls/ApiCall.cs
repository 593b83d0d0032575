using System.Text.Json.Serialization.Metadata;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Calls;

/// <summary>
/// One REST call as a chain of stages, each without side effect before the last: token (401), permission (403), existence
/// (404), content type (415), body (400, 413), answer (409, 412, 422, 503). The types allow no other order.
/// </summary>
internal sealed class ApiCall
{
    private readonly Func<ApiContext, bool>? _permits;
    private readonly string _doing;

    private ApiCall(Func<ApiContext, bool>? permits, string doing)
    {
        _permits = permits;
        _doing = doing;
    }

    /// <summary>A call that needs a token for which <paramref name="permits"/> holds; <paramref name="doing"/> ends the sentence "does not permit to".</summary>
    public static ApiCall Permit(string doing, Func<ApiContext, bool> permits) => new(permits, doing);

    /// <summary>A call that may do without a token; who may make it depends on the thing that <see cref="Find"/> finds.</summary>
    public static ApiCall PermitAnyone(string doing) => new(null, doing);

    /// <summary>
    /// Looks up what the call is about. <paramref name="permits"/> is asked with null when there is no such thing, so that only
    /// those hear of its absence who could have it.
    /// </summary>
    public ApiCall<TFound> Find<TFound>(
        string what, string routeValue, Func<ApiContext, string, TFound?> find, Func<ApiContext, TFound?, bool> permits)
        where TFound : class =>
        new(Check, call =>
        {
            var id = call.Route(routeValue);
            var found = find(call, id);
            if (!permits(call, found))
            {
                return (null, AccessCheck.Refuse(call.Token, _doing));
            }

            return found is null ? (null, HttpProblem.NotFound(what, id)) : (found, null);
        });

    /// <summary>A call that takes a JSON body.</summary>
    public ApiCall<Nothing, TBody> Read<TBody>(JsonTypeInfo<TBody> body)
        where TBody : class => WithoutFind().Read(body);

    /// <summary>The answer of a call without a body.</summary>
    public ApiEndpoint Answer(Func<ApiContext, Task<IResult>> answer) => WithoutFind().Answer((call, _) => answer(call));

    public ApiEndpoint Answer(Func<ApiContext, IResult> answer) => Answer(call => Task.FromResult(answer(call)));

    private ApiCall<Nothing> WithoutFind() => new(Check, _ => (Nothing.Instance, null));

    private (ApiContext? Call, ProblemResult? Problem) Check(HttpContext http)
    {
        var access = http.RequestServices.GetRequiredService<AccessCheck>();
        var at = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var (token, problem) = _permits is null ? access.Identify(http) : access.Authenticate(http);
        if (problem is not null)
        {
            return (null, problem);
        }

        var call = new ApiContext(http, at, token);
        return _permits is null || _permits(call) ? (call, null) : (null, AccessCheck.Refuse(token, _doing));
    }
}
