using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>Reads <c>m=&lt;media&gt; &lt;port&gt; &lt;proto&gt; &lt;fmt&gt; …</c> (RFC 8866 §5.14).</summary>
internal static class MediaLineReader
{
    private const byte HighestPayloadType = 127;
    private const int MostOtherFormats = 128;

    public static bool TryRead(
        ReadOnlySpan<char> value, [NotNullWhen(true)] out MediaSection? section, [NotNullWhen(false)] out string? problem)
    {
        section = null;
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var media)
            || !SdpText.IsToken(media)
            || !SdpText.TryTakeWord(ref text, out var port)
            || !TryParsePortAndCount(port, out var portNumber)
            || !SdpText.TryTakeWord(ref text, out var protocol)
            || protocol.Length > SdpText.LongestIdentifier
            || text.IsWhiteSpace())
        {
            problem = $"m={SdpText.Quote(value)}; allowed is <media> <port 0-65535> <protocol> <format> …";
            return false;
        }

        var read = new MediaSection(KindOf(media), protocol.ToString()) { KindToken = media.ToString(), Port = portNumber };
        if (!TryReadFormats(read, text, out problem))
        {
            return false;
        }

        section = read;
        return true;
    }

    private static bool TryReadFormats(MediaSection section, ReadOnlySpan<char> text, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        while (SdpText.TryTakeWord(ref text, out var format))
        {
            if (!section.IsRtp)
            {
                if (section.OtherFormats.Count == MostOtherFormats)
                {
                    problem = $"m={section.KindToken} has more than {MostOtherFormats} formats";
                    return false;
                }

                section.OtherFormats.Add(format.ToString());
                continue;
            }

            if (!SdpText.TryParseByte(format, HighestPayloadType, out var payloadType))
            {
                problem = $"payload type {SdpText.Quote(format)} in m={section.KindToken}; allowed are 0 to {HighestPayloadType}";
                return false;
            }

            if (section.FindFormat(payloadType) is not null)
            {
                problem = $"payload type {payloadType} stands twice in m={section.KindToken}; allowed is once";
                return false;
            }

            section.Formats.Add(new RtpFormat(payloadType));
        }

        return true;
    }

    private static bool TryParsePortAndCount(ReadOnlySpan<char> text, out int port)
    {
        // "9/2" names a range of ports (RFC 8866 §5.14); with rtcp-mux and ICE the count means nothing.
        var slash = text.IndexOf('/');
        if (slash >= 0 && !SdpText.TryParseUInt32(text[(slash + 1)..], out _))
        {
            port = 0;
            return false;
        }

        return SdpText.TryParsePort(slash < 0 ? text : text[..slash], out port);
    }

    private static MediaKind KindOf(ReadOnlySpan<char> media) => media switch
    {
        "audio" => MediaKind.Audio,
        "video" => MediaKind.Video,
        "application" => MediaKind.Application,
        _ => MediaKind.Other,
    };
}
