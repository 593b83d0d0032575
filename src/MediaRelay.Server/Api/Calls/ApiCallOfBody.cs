using System.Text.Json.Serialization.Metadata;

namespace MediaRelay.Server.Api.Calls;

/// <summary>A call that also takes a JSON body.</summary>
internal sealed class ApiCall<TFound, TBody>(ApiCall<TFound> before, JsonTypeInfo<TBody> body)
    where TFound : class
    where TBody : class
{
    public ApiEndpoint Answer(Func<ApiContext, TFound, TBody, Task<IResult>> answer) => new(
        async http =>
        {
            var (call, found, refused) = before.Enter(http);
            if (refused is not null)
            {
                return refused;
            }

            var (content, problem) = await RequestBody.ReadJsonAsync(http, body);
            return problem ?? await answer(call!, found!, content!);
        },
        typeof(TBody));
}
