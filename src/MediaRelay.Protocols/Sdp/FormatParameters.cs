namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// The parameters of one format (<c>a=fmtp</c>, RFC 8866 §6.15). Most formats write <c>name=value;…</c>; some do not (RED's
/// <c>111/111</c>), so the text is what is kept.
/// </summary>
public sealed class FormatParameters(string text)
{
    public static readonly FormatParameters Empty = new("");

    public string Text { get; } = text;

    /// <summary>The value of a parameter, or null. Names are compared without case (RFC 6838 §4.3).</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var range in Text.AsSpan().Split(';'))
            {
                var part = Text.AsSpan(range);
                var equals = part.IndexOf('=');
                if (equals > 0 && part[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return part[(equals + 1)..].Trim().ToString();
                }
            }

            return null;
        }
    }

    public override string ToString() => Text;
}
