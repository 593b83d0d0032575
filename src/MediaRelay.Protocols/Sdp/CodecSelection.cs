namespace MediaRelay.Protocols.Sdp;

/// <summary>Finds the formats of a section that the relay can use. Nothing is assumed about payload types or their order.</summary>
internal static class CodecSelection
{
    /// <summary>
    /// The usable formats of a section, one for each codec of <paramref name="codecs"/> that it has, in that order. Of several H.264
    /// formats a constrained baseline one wins over a baseline one, then the offerer's order decides.
    /// </summary>
    public static List<NegotiatedCodec> Select(MediaSection section, IReadOnlyList<SdpCodec> codecs, FeedbackKinds feedback)
    {
        var selected = new List<NegotiatedCodec>();
        foreach (var codec in codecs)
        {
            RtpFormat? best = null;
            var bestRank = 0;
            foreach (var format in section.Formats)
            {
                var rank = Rank(format, codec);
                if (rank > bestRank)
                {
                    (best, bestRank) = (format, rank);
                }
            }

            if (best is not null)
            {
                selected.Add(Describe(section, best, codec, feedback));
            }
        }

        return selected;
    }

    public static NegotiatedCodec Describe(MediaSection section, RtpFormat format, SdpCodec codec, FeedbackKinds feedback) => new(
        format.PayloadType,
        codec,
        format.ClockRate,
        format.Channels,
        format.Parameters,
        FindRtx(section, format)?.PayloadType,
        FeedbackKindsText.Of(section, format) & feedback);

    /// <summary>Which codec a format is, in a form that the relay can use; null for anything else.</summary>
    public static SdpCodec? Identify(RtpFormat format)
    {
        foreach (var codec in Enum.GetValues<SdpCodec>())
        {
            if (Rank(format, codec) > 0)
            {
                return codec;
            }
        }

        return null;
    }

    // 0: not usable; the highest is the best.
    private static int Rank(RtpFormat format, SdpCodec codec)
    {
        if (!IsUsablePayloadType(format.PayloadType))
        {
            return 0;
        }

        return codec switch
        {
            SdpCodec.Opus => format.Is("opus") && format is { ClockRate: 48000, Channels: 2 } ? 1 : 0,
            SdpCodec.Vp8 => format.Is("VP8") && format.ClockRate == 90000 ? 1 : 0,
            SdpCodec.H264 => format.Is("H264") && format.ClockRate == 90000 ? RankH264(format.Parameters) : 0,
            _ => 0,
        };
    }

    private static int RankH264(FormatParameters parameters)
    {
        // RFC 6184 §8.1: without packetization-mode it is 0, single NAL units only, which no 720p key frame fits.
        if (parameters["packetization-mode"] != "1" || !H264Profile.TryRead(parameters, out var profile))
        {
            return 0;
        }

        return profile.IsConstrainedBaseline ? 2 : profile.IsBaseline ? 1 : 0;
    }

    private static RtpFormat? FindRtx(MediaSection section, RtpFormat format)
    {
        var apt = format.PayloadType.ToString();
        return section.Formats.Find(candidate =>
            candidate.Is("rtx")
            && candidate.ClockRate == format.ClockRate
            && IsUsablePayloadType(candidate.PayloadType)
            && candidate.Parameters["apt"] == apt);
    }

    // RFC 5761 §4: with rtcp-mux, 64–95 cannot be told from RTCP packet types.
    private static bool IsUsablePayloadType(byte payloadType) => payloadType is < 64 or > 95;
}
