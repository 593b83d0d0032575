namespace MediaRelay.Server.Api.Calls;

/// <summary>Maps calls and describes them for <c>/openapi/v1.json</c>.</summary>
internal static class ApiRoutes
{
    public static RouteHandlerBuilder MapApi(
        this IEndpointRouteBuilder endpoints, string method, string pattern, string tag, string summary, ApiEndpoint endpoint)
    {
        var route = endpoints.MapMethods(pattern, [method], endpoint.Handler).WithTags(tag).WithSummary(summary);
        if (endpoint.BodyType is { } body)
        {
            // Not Accepts(): routing would answer 415 before the token was looked at.
            route.WithMetadata(new RequestBodyDescription(body));
        }

        return route;
    }

    /// <summary>Success: status and the type of the body, if it has one.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, "application/json");

    public static RouteHandlerBuilder GivesNothing(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status204NoContent);

    /// <summary>The error answers of the call, as problem details.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            route.ProducesProblem(status);
        }

        return route;
    }

    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, string name, string description) =>
        route.WithMetadata(new ParameterDescription(name, "query", description));

    public static RouteHandlerBuilder TakesHeader(this RouteHandlerBuilder route, string name, string description) =>
        route.WithMetadata(new ParameterDescription(name, "header", description));

    /// <summary>A call that may be made without a token.</summary>
    public static RouteHandlerBuilder NeedsNoToken(this RouteHandlerBuilder route) => route.WithMetadata(NoTokenNeeded.Instance);
}
