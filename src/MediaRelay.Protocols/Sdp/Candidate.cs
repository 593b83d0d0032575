using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MediaRelay.Protocols.Sdp;

/// <summary>An address at which a peer may be reached (<c>a=candidate</c>, RFC 8839 §5.1).</summary>
/// <param name="Component">1 for RTP, which with rtcp-mux is all there is; 2 for RTCP.</param>
/// <param name="Transport">Lower case: <c>udp</c> or <c>tcp</c> (RFC 6544).</param>
/// <param name="Address">An IP address or a host name (<c>….local</c> where a browser hides its addresses).</param>
public sealed record Candidate(
    string Foundation, int Component, string Transport, uint Priority, string Address, int Port, CandidateType Type)
{
    // RFC 8445 §5.1.2.2: 126 for host candidates.
    private const uint HostTypePreference = 126;
    private const int HighestLocalPreference = 65535;

    public string? RelatedAddress { get; init; }

    public int? RelatedPort { get; init; }

    /// <summary><c>active</c>, <c>passive</c> or <c>so</c> on a TCP candidate (RFC 6544 §4.5), else null.</summary>
    public string? TcpType { get; init; }

    public bool IsUdp => Transport == "udp";

    /// <summary>A UDP host candidate for component 1; <paramref name="index"/> counts from 0, most preferred first.</summary>
    public static Candidate Host(int index, string address, int port)
    {
        // RFC 8445 §5.1.2.1, with 256 - 1 for component 1.
        var priority = (HostTypePreference << 24) | ((uint)(HighestLocalPreference - index) << 8) | 255;
        return new Candidate((index + 1).ToString(), 1, "udp", priority, address, port, CandidateType.Host);
    }

    /// <summary>
    /// Reads what follows <c>a=candidate:</c>, or the whole of <c>candidate:…</c> as browsers' scripts see it. Extensions are skipped.
    /// Returns false when a required field is missing or malformed.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Candidate? candidate)
    {
        candidate = null;
        const string Prefix = "candidate:";
        if (text.StartsWith(Prefix))
        {
            text = text[Prefix.Length..];
        }

        if (!TryTakeIdentifier(ref text, out var foundation)
            || !SdpText.TryTakeWord(ref text, out var componentText)
            || !SdpText.TryParseByte(componentText, byte.MaxValue, out var component)
            || component == 0
            || !TryTakeIdentifier(ref text, out var transport)
            || !SdpText.TryTakeWord(ref text, out var priorityText)
            || !SdpText.TryParseUInt32(priorityText, out var priority)
            || !SdpText.TryTakeWord(ref text, out var addressText)
            || addressText.Length > 255
            || !SdpText.TryTakeWord(ref text, out var portText)
            || !SdpText.TryParsePort(portText, out var port)
            || !SdpText.TryTakeWord(ref text, out var typ)
            || typ is not "typ"
            || !SdpText.TryTakeWord(ref text, out var typeText)
            || !TryParseType(typeText, out var type))
        {
            return false;
        }

        var read = new Candidate(
            foundation, component, transport.ToLowerInvariant(), priority, addressText.ToString(), port, type);
        candidate = TryReadExtensions(text, ref read) ? read : null;
        return candidate is not null;
    }

    /// <summary>The attribute's value, without <c>a=candidate:</c>.</summary>
    public override string ToString()
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Foundation} {Component} {Transport} {Priority} {Address} {Port} typ {ToToken(Type)}");
        if (RelatedAddress is not null)
        {
            text += $" raddr {RelatedAddress} rport {RelatedPort.GetValueOrDefault()}";
        }

        return TcpType is null ? text : $"{text} tcptype {TcpType}";
    }

    private static bool TryReadExtensions(ReadOnlySpan<char> text, ref Candidate candidate)
    {
        while (SdpText.TryTakeWord(ref text, out var name))
        {
            if (!SdpText.TryTakeWord(ref text, out var value))
            {
                return false;
            }

            switch (name)
            {
                case "raddr" when value.Length <= 255:
                    candidate = candidate with { RelatedAddress = value.ToString() };
                    break;
                case "rport" when SdpText.TryParsePort(value, out var port):
                    candidate = candidate with { RelatedPort = port };
                    break;
                case "tcptype" when SdpText.IsToken(value):
                    candidate = candidate with { TcpType = value.ToString() };
                    break;
                case "raddr" or "rport" or "tcptype":
                    return false;
            }
        }

        return true;
    }

    private static bool TryTakeIdentifier(ref ReadOnlySpan<char> text, out string identifier)
    {
        // Foundations are ice-chars, which include '/' (RFC 8839 §5.1), so this is wider than a token.
        var taken = SdpText.TryTakeWord(ref text, out var word) && word.Length <= SdpText.LongestIdentifier;
        identifier = taken ? word.ToString() : "";
        return taken;
    }

    private static bool TryParseType(ReadOnlySpan<char> token, out CandidateType type)
    {
        CandidateType? found = token switch
        {
            "host" => CandidateType.Host,
            "srflx" => CandidateType.ServerReflexive,
            "prflx" => CandidateType.PeerReflexive,
            "relay" => CandidateType.Relayed,
            _ => null,
        };
        type = found.GetValueOrDefault();
        return found.HasValue;
    }

    private static string ToToken(CandidateType type) => type switch
    {
        CandidateType.Host => "host",
        CandidateType.ServerReflexive => "srflx",
        CandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };
}
