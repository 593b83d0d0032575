namespace MediaRelay.Server.Api.Calls;

/// <summary>For the API's description: the JSON body that a call takes.</summary>
internal sealed record RequestBodyDescription(Type BodyType);
