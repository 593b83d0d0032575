namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// The parameters of one format (<c>a=fmtp</c>, RFC 8866 §6.15). Most formats write <c>name=value;…</c>; the text is kept as well, for
/// those that do not (RED's <c>111/111</c>).
/// </summary>
public sealed class FormatParameters
{
    public static readonly FormatParameters Empty = new("");

    private readonly List<KeyValuePair<string, string>> _pairs = [];

    public FormatParameters(string text)
    {
        Text = text;
        foreach (var range in text.AsSpan().Split(';'))
        {
            var part = text.AsSpan(range).Trim();
            var equals = part.IndexOf('=');
            if (equals > 0)
            {
                _pairs.Add(new(part[..equals].Trim().ToString(), part[(equals + 1)..].Trim().ToString()));
            }
        }
    }

    public string Text { get; }

    /// <summary>The value of a parameter, or null. Names are compared without case (RFC 6838 §4.3).</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _pairs)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }

    public override string ToString() => Text;
}
