namespace MediaRelay.Protocols.Sdp;

/// <summary>One kind of RTCP feedback that a format may use (<c>a=rtcp-fb</c>, RFC 4585 §4.2).</summary>
/// <param name="Type"><c>nack</c>, <c>ccm</c>, <c>transport-cc</c> …</param>
/// <param name="Parameter"><c>pli</c>, <c>fir</c> …, or empty.</param>
public readonly record struct RtcpFeedback(string Type, string Parameter = "")
{
    public override string ToString() => Parameter.Length == 0 ? Type : $"{Type} {Parameter}";
}
