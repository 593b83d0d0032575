namespace MediaRelay.Server.Api.Calls;

/// <summary>For the API's description: marks calls that may be made without a token.</summary>
internal sealed class NoTokenNeeded
{
    public static readonly NoTokenNeeded Instance = new();

    private NoTokenNeeded()
    {
    }
}
