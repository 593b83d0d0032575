namespace MediaRelay.Protocols.Sdp;

/// <summary>One encoding of a section (<c>a=rid</c>, RFC 8851 §4).</summary>
/// <param name="IsSend">True for <c>send</c>, false for <c>recv</c>, seen from whoever wrote the description.</param>
/// <param name="PayloadTypes">The formats that it may use; empty: all of the section.</param>
/// <param name="Restrictions">The other restrictions as written (<c>max-width=1280;…</c>), or empty.</param>
public sealed record RidDescription(string Id, bool IsSend, IReadOnlyList<byte> PayloadTypes, string Restrictions)
{
    public override string ToString()
    {
        var text = $"{Id} {(IsSend ? "send" : "recv")}";
        var formats = PayloadTypes.Count == 0 ? "" : $"pt={string.Join(',', PayloadTypes)}";
        var separator = formats.Length > 0 && Restrictions.Length > 0 ? ";" : "";
        return formats.Length + Restrictions.Length == 0 ? text : $"{text} {formats}{separator}{Restrictions}";
    }
}
