using Microsoft.AspNetCore.Diagnostics;

namespace MediaRelay.Server.Problems;

/// <summary>Turns what no endpoint answered (no route, wrong method, an exception) into problem details, and explains the types.</summary>
internal static class ProblemPages
{
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = HandleException });
        app.UseStatusCodePages(context => HandleBareStatus(context.HttpContext));
    }

    public static void MapProblems(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/problems/{name}", (string name) =>
            HttpProblemKind.All.FirstOrDefault(kind => kind.Name == name) is { } kind
                ? Results.Text($"{kind.Status} {kind.Title}\n\n{kind.Explanation}\n")
                : HttpProblem.NotFound("problem type", name)).ExcludeFromDescription();

    // The middleware has logged the exception already.
    private static Task HandleException(HttpContext http)
    {
        var exception = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
        var kind = HttpProblemKind.ForStatus(status) ?? (status < 500 ? HttpProblemKind.BadRequest : HttpProblemKind.InternalError);
        return new ProblemResult { Kind = kind, Detail = kind.Explanation }.ExecuteAsync(http);
    }

    private static Task HandleBareStatus(HttpContext http)
    {
        if (HttpProblemKind.ForStatus(http.Response.StatusCode) is not { } kind)
        {
            return Task.CompletedTask;
        }

        var detail = kind == HttpProblemKind.NotFound ? $"Nothing answers {http.Request.Method} here." : kind.Explanation;
        return new ProblemResult { Kind = kind, Detail = detail }.ExecuteAsync(http);
    }
}
