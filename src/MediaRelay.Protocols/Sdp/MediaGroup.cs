namespace MediaRelay.Protocols.Sdp;

/// <summary>Media sections that belong together (<c>a=group</c>, RFC 5888 §5), such as those of one BUNDLE (RFC 9143 §5).</summary>
public sealed record MediaGroup(string Semantics, IReadOnlyList<string> Mids)
{
    public const string Bundle = "BUNDLE";

    public bool IsBundle => Semantics == Bundle;
}
