namespace MediaRelay.Server.Api.Calls;

/// <summary>What a call is about that looks nothing up.</summary>
internal sealed class Nothing
{
    public static readonly Nothing Instance = new();

    private Nothing()
    {
    }
}
