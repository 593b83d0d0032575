namespace MediaRelay.Server.Api.Calls;

/// <summary>A finished call: what runs, and the type of its body for the API's description.</summary>
internal sealed class ApiEndpoint(Func<HttpContext, Task<IResult>> handler, Type? bodyType)
{
    public Func<HttpContext, Task<IResult>> Handler { get; } = handler;

    public Type? BodyType { get; } = bodyType;
}
