namespace MediaRelay.Server.Api.Calls;

/// <summary>For the API's description: a query value or header that a call understands. <paramref name="In"/>: query or header.</summary>
internal sealed record ParameterDescription(string Name, string In, string Description);
