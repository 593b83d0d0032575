namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// Writes the answer to what was selected: the offer's sections in its order, by its numbers (RFC 3264 §6, RFC 9429 §5.3).
/// </summary>
internal sealed class AnswerBuilder(
    SessionDescription offer, AnswerPolicy policy, LocalTransport transport, BundlePlan bundle, SectionSelection selection)
{
    private const int SctpPort = 5000;

    public SessionDescription Build()
    {
        var answer = new SessionDescription
        {
            Origin = SessionOrigin.Create(transport.SessionId),
            IceLite = true,
            ExtensionMapAllowMixed = offer.ExtensionMapAllowMixed,
            MsidSemantic = offer.MsidSemantic is null ? null : "WMS *",
        };

        // RFC 8445 §10 and RFC 8840: we follow the one and take candidates as the other sends them.
        answer.Transport.IceOptions.AddRange(["ice2", "trickle"]);
        for (var index = 0; index < offer.Media.Count; index++)
        {
            answer.Media.Add(BuildSection(index, offer.Media[index]));
        }

        AddBundle(answer);
        return answer;
    }

    private MediaSection BuildSection(int index, MediaSection offered)
    {
        if (selection.Media.Find(media => media.Index == index) is { } media)
        {
            return BuildMedia(media, offered);
        }

        return selection.Data?.Index == index ? BuildData(offered) : BuildRejected(offered);
    }

    private static MediaSection BuildRejected(MediaSection offered)
    {
        var section = CreateSection(offered);
        section.Direction = MediaDirection.Inactive;

        // RFC 3264 §6: the formats of a rejected section mean nothing, but the grammar wants one.
        section.Formats.AddRange(offered.Formats.Take(1).Select(format => new RtpFormat(format.PayloadType)));
        section.OtherFormats.AddRange(offered.OtherFormats.Take(1));
        return section;
    }

    private MediaSection BuildData(MediaSection offered)
    {
        var section = CreateSection(offered);
        transport.ApplyTo(section, DtlsSetup.Passive);
        section.OtherFormats.Add(MediaSection.DataChannelFormat);
        section.SctpPort = SctpPort;
        section.MaxMessageSize = policy.MaxMessageSize;
        return section;
    }

    private MediaSection BuildMedia(NegotiatedMedia media, MediaSection offered)
    {
        var section = CreateSection(offered);
        transport.ApplyTo(section, DtlsSetup.Passive);
        section.Direction = media.Direction;
        section.RtcpMux = true;
        section.RtcpMuxOnly = offered.RtcpMuxOnly;
        section.RtcpReducedSize = offered.RtcpReducedSize;
        section.ExtensionMapAllowMixed = offered.ExtensionMapAllowMixed;
        foreach (var codec in media.Codecs)
        {
            AddFormats(section, codec);
        }

        foreach (var (uri, id) in media.Extensions)
        {
            var direction = offered.Extensions.Find(extension => extension.Uri == uri && extension.Id == id)?.Direction;
            section.Extensions.Add(new ExtensionMapping(id, uri, direction?.Reverse()));
        }

        AddSimulcast(section, media, offered);
        AddSource(section, media);
        return section;
    }

    private static MediaSection CreateSection(MediaSection offered) =>
        new(offered.Kind, offered.Protocol) { KindToken = offered.KindToken, Mid = offered.Mid };

    private void AddFormats(MediaSection section, NegotiatedCodec codec)
    {
        var format = new RtpFormat(codec.PayloadType)
        {
            Name = codec.Codec switch
            {
                SdpCodec.Opus => "opus",
                SdpCodec.H264 => "H264",
                _ => "VP8",
            },
            ClockRate = codec.ClockRate,
            Channels = codec.Channels,
            Parameters = new FormatParameters(ParametersOf(codec)),
        };
        FeedbackKindsText.Write(codec.Feedback, format.Feedback);
        section.Formats.Add(format);
        if (codec.RtxPayloadType is { } rtx)
        {
            section.Formats.Add(new RtpFormat(rtx)
            {
                Name = "rtx",
                ClockRate = codec.ClockRate,
                Parameters = new FormatParameters($"apt={codec.PayloadType}"),
            });
        }
    }

    private string ParametersOf(NegotiatedCodec codec) => codec.Codec switch
    {
        SdpCodec.Opus => OpusParameters(codec.Parameters),
        SdpCodec.H264 => H264Parameters(codec.Parameters),
        _ => "",
    };

    private string OpusParameters(FormatParameters offered)
    {
        var parameters = new List<string>();
        foreach (var name in (ReadOnlySpan<string>)["minptime", "useinbandfec", "usedtx"])
        {
            if (offered[name] is { } value && SdpText.TryParseUInt32(value, out var number))
            {
                parameters.Add($"{name}={number}");
            }
        }

        if (policy.OpusStereo)
        {
            // RFC 7587 §6.1: stereo is what we like to receive, sprop-stereo what we are likely to send.
            parameters.Add("stereo=1");
            parameters.Add("sprop-stereo=1");
        }

        return string.Join(';', parameters);
    }

    // RFC 6184 §8.2.2: packetization-mode and profile are taken as offered; what only describes the offerer's own stream is not.
    private static string H264Parameters(FormatParameters offered)
    {
        var asymmetry = offered["level-asymmetry-allowed"] == "1" ? "level-asymmetry-allowed=1;" : "";
        var profile = offered["profile-level-id"] is { } id ? $";profile-level-id={id}" : "";
        return $"{asymmetry}packetization-mode=1{profile}";
    }

    private static void AddSimulcast(MediaSection section, NegotiatedMedia media, MediaSection offered)
    {
        if (media.Rids.Count == 0)
        {
            return;
        }

        foreach (var id in media.Rids)
        {
            // RFC 8851 §6.2: restrictions are answered as offered or tighter, and pt= names only accepted formats.
            var rid = offered.Rids.Find(rid => rid.Id == id)!;
            IReadOnlyList<byte> payloadTypes = rid.PayloadTypes.Count == 0 ? [] : [media.Codecs[0].PayloadType];
            section.Rids.Add(new RidDescription(id, IsSend: false, payloadTypes, rid.Restrictions));
        }

        section.Simulcast = new SimulcastDescription([], media.Rids);
    }

    private void AddSource(MediaSection section, NegotiatedMedia media)
    {
        if (media.LocalSource is not { } source || policy.Streams is not { } streams)
        {
            return;
        }

        StreamAnnouncement.AddTo(section, source, streams);
    }

    private void AddBundle(SessionDescription answer)
    {
        var accepted = selection.Accepted;
        if (bundle.Group is null || !accepted.Exists(bundle.IsInGroup))
        {
            transport.AddCandidatesTo(answer.Media[offer.Media.IndexOf(accepted[0])]);
            return;
        }

        var mids = bundle.Group.Mids.Where(mid => accepted.Exists(section => section.Mid == mid)).ToList();
        answer.Groups.Add(new MediaGroup(MediaGroup.Bundle, mids));
        transport.AddCandidatesTo(answer.Media.Find(section => section.Mid == mids[0])!);
    }
}
