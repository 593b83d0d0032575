using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace MediaRelay.Protocols.Sdp;

/// <summary>Writes a session description in the order of RFC 8866 §5, with CRLF line ends.</summary>
internal static class SdpWriter
{
    private const string NoAddress = "0.0.0.0";

    public static string Write(SessionDescription sdp)
    {
        var text = new StringBuilder(4096);
        Line(text, "v=0");
        Line(text, $"o={sdp.Origin}");
        Line(text, "s=-");
        Line(text, "t=0 0");
        foreach (var group in sdp.Groups)
        {
            Line(text, $"a=group:{group.Semantics} {string.Join(' ', group.Mids)}");
        }

        LineIf(text, sdp.IceLite, "a=ice-lite");
        LineIf(text, sdp.ExtensionMapAllowMixed, "a=extmap-allow-mixed");
        LineIf(text, sdp.MsidSemantic is not null, $"a=msid-semantic:{sdp.MsidSemantic}");
        WriteTransport(text, sdp.Transport);
        foreach (var section in sdp.Media)
        {
            WriteSection(text, section);
        }

        return text.ToString();
    }

    public static void WriteCandidates(StringBuilder text, List<Candidate> candidates, bool areAll)
    {
        foreach (var candidate in candidates)
        {
            Line(text, $"a=candidate:{candidate}");
        }

        LineIf(text, areAll, "a=end-of-candidates");
    }

    public static void WriteTransport(StringBuilder text, TransportAttributes transport)
    {
        LineIf(text, transport.IceUfrag is not null, $"a=ice-ufrag:{transport.IceUfrag}");
        LineIf(text, transport.IcePwd is not null, $"a=ice-pwd:{transport.IcePwd}");
        LineIf(text, transport.IceOptions.Count > 0, $"a=ice-options:{string.Join(' ', transport.IceOptions)}");
        foreach (var fingerprint in transport.Fingerprints)
        {
            Line(text, $"a=fingerprint:{fingerprint}");
        }

        LineIf(text, transport.Setup is not null, $"a=setup:{transport.Setup.GetValueOrDefault().ToToken()}");
    }

    public static string MediaLine(MediaSection section)
    {
        var formats = section.IsRtp
            ? string.Join(' ', section.Formats.Select(format => format.PayloadType))
            : string.Join(' ', section.OtherFormats);
        return $"m={section.KindToken} {section.Port} {section.Protocol} {formats}";
    }

    private static void WriteSection(StringBuilder text, MediaSection section)
    {
        Line(text, MediaLine(section));
        Line(text, $"c={ConnectionOf(section.ConnectionAddress ?? NoAddress)}");
        LineIf(text, section.Mid is not null, $"a=mid:{section.Mid}");
        LineIf(text, section.BundleOnly, "a=bundle-only");
        WriteTransport(text, section.Transport);
        WriteCandidates(text, section.Candidates, section.EndOfCandidates);
        if (section.IsRtp)
        {
            WriteRtp(text, section);
        }

        LineIf(text, section.SctpPort is not null, $"a=sctp-port:{section.SctpPort}");
        LineIf(text, section.MaxMessageSize is not null, $"a=max-message-size:{section.MaxMessageSize}");
    }

    private static void WriteRtp(StringBuilder text, MediaSection section)
    {
        foreach (var extension in section.Extensions)
        {
            var direction = extension.Direction is { } written ? $"/{written.ToToken()}" : "";
            Line(text, $"a=extmap:{extension.Id}{direction} {extension.Uri}");
        }

        LineIf(text, section.ExtensionMapAllowMixed, "a=extmap-allow-mixed");
        Line(text, $"a={section.Direction.ToToken()}");
        LineIf(text, section.Msid is not null, $"a=msid:{section.Msid}");
        LineIf(text, section.RtcpMux, "a=rtcp-mux");
        LineIf(text, section.RtcpMuxOnly, "a=rtcp-mux-only");
        LineIf(text, section.RtcpReducedSize, "a=rtcp-rsize");
        foreach (var feedback in section.FeedbackForAll)
        {
            Line(text, $"a=rtcp-fb:* {feedback}");
        }

        foreach (var format in section.Formats)
        {
            WriteFormat(text, format);
        }

        foreach (var rid in section.Rids)
        {
            Line(text, $"a=rid:{rid}");
        }

        LineIf(text, section.Simulcast is not null, $"a=simulcast:{section.Simulcast}");
        foreach (var group in section.SsrcGroups)
        {
            Line(text, $"a=ssrc-group:{group.Semantics} {string.Join(' ', group.Ssrcs)}");
        }

        foreach (var source in section.Sources)
        {
            WriteSource(text, source, section.Msid);
        }
    }

    private static void WriteFormat(StringBuilder text, RtpFormat format)
    {
        if (format.Name.Length > 0)
        {
            var channels = format.Channels > 1 ? $"/{format.Channels}" : "";
            Line(text, $"a=rtpmap:{format.PayloadType} {format.Name}/{format.ClockRate}{channels}");
        }

        foreach (var feedback in format.Feedback)
        {
            Line(text, $"a=rtcp-fb:{format.PayloadType} {feedback}");
        }

        LineIf(text, format.Parameters.Text.Length > 0, $"a=fmtp:{format.PayloadType} {format.Parameters}");
    }

    private static void WriteSource(StringBuilder text, MediaSource source, Msid? msid)
    {
        LineIf(text, source.Cname is not null, $"a=ssrc:{source.Ssrc} cname:{source.Cname}");

        // RFC 8830 does without, but clients that grew up before it join SSRC and track by this line.
        LineIf(text, msid is not null, $"a=ssrc:{source.Ssrc} msid:{msid}");
        LineIf(text, source.Cname is null && msid is null, $"a=ssrc:{source.Ssrc}");
    }

    private static string ConnectionOf(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6
            ? $"IN IP6 {address}"
            : $"IN IP4 {address}";

    private static void LineIf(StringBuilder text, bool isPresent, string line)
    {
        if (isPresent)
        {
            Line(text, line);
        }
    }

    private static void LineIf(
        StringBuilder text,
        bool isPresent,
        [InterpolatedStringHandlerArgument(nameof(text), nameof(isPresent))] ref LineHandler line)
    {
        if (isPresent)
        {
            text.Append("\r\n");
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append("\r\n");

    private static void Line(StringBuilder text, [InterpolatedStringHandlerArgument(nameof(text))] ref LineHandler line) =>
        text.Append("\r\n");

    /// <summary>
    /// Puts the pieces of a line straight into the text, and those of a line that is not wanted nowhere: strings per line were half of
    /// what an answer left to the garbage collector.
    /// </summary>
    [InterpolatedStringHandler]
    private ref struct LineHandler
    {
        private StringBuilder.AppendInterpolatedStringHandler _pieces;

        public LineHandler(int literalLength, int formattedCount, StringBuilder text) =>
            _pieces = new(literalLength, formattedCount, text, CultureInfo.InvariantCulture);

        public LineHandler(int literalLength, int formattedCount, StringBuilder text, bool isWanted, out bool continues)
            : this(literalLength, formattedCount, text) => continues = isWanted;

        public void AppendLiteral(string literal) => _pieces.AppendLiteral(literal);

        public void AppendFormatted<T>(T value) => _pieces.AppendFormatted(value);
    }
}
