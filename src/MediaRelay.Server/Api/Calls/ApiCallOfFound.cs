using System.Text.Json.Serialization.Metadata;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Calls;

/// <summary>A call whose caller is permitted and whose thing is found; what is left is the body, if it takes one, and the answer.</summary>
internal sealed class ApiCall<TFound>(
    Func<HttpContext, (ApiContext? Call, ProblemResult? Problem)> check,
    Func<ApiContext, (TFound? Found, ProblemResult? Problem)> find)
    where TFound : class
{
    /// <summary>A call that takes a JSON body.</summary>
    public ApiCall<TFound, TBody> Read<TBody>(JsonTypeInfo<TBody> body)
        where TBody : class => new(this, body);

    /// <summary>The answer of a call without a body; one that is sent is not looked at.</summary>
    public ApiEndpoint Answer(Func<ApiContext, TFound, Task<IResult>> answer) => new(
        async http =>
        {
            var (call, found, problem) = Enter(http);
            return problem ?? await answer(call!, found!);
        },
        bodyType: null);

    public ApiEndpoint Answer(Func<ApiContext, TFound, IResult> answer) => Answer((call, found) => Task.FromResult(answer(call, found)));

    internal (ApiContext? Call, TFound? Found, ProblemResult? Problem) Enter(HttpContext http)
    {
        var (call, refused) = check(http);
        if (refused is not null)
        {
            return (null, null, refused);
        }

        var (found, missing) = find(call!);
        return (call, found, missing);
    }
}
