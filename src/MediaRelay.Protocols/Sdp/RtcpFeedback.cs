namespace MediaRelay.Protocols.Sdp;

/// <summary>One kind of RTCP feedback that a format may use (<c>a=rtcp-fb</c>, RFC 4585 §4.2).</summary>
/// <param name="Type"><c>nack</c>, <c>ccm</c>, <c>transport-cc</c> …</param>
/// <param name="Parameter"><c>pli</c>, <c>fir</c> …, or empty.</param>
public readonly record struct RtcpFeedback(string Type, string Parameter = "")
{
    public override string ToString() => Parameter.Length == 0 ? Type : $"{Type} {Parameter}";

    /// <summary>
    /// From what stands in a description. A browser's offer has a hundred of these lines and the same few words, which need no copies.
    /// </summary>
    internal static RtcpFeedback From(ReadOnlySpan<char> type, ReadOnlySpan<char> parameter) => new(ToWord(type), ToWord(parameter));

    private static string ToWord(ReadOnlySpan<char> text) => text switch
    {
        "" => "",
        "nack" => "nack",
        "pli" => "pli",
        "ccm" => "ccm",
        "fir" => "fir",
        "goog-remb" => "goog-remb",
        "transport-cc" => "transport-cc",
        _ => text.ToString(),
    };
}
