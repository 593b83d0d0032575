namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// Makes the offers of a headless WHIP or WHEP client: one BUNDLE, rtcp-mux, either DTLS role (RFC 9429 §5.2.1, RFC 9725 §4.4).
/// </summary>
public static class OfferBuilder
{
    private const byte OpusPayloadType = 111;
    private const byte FirstVideoPayloadType = 96;
    private const int SctpPort = 5000;

    /// <exception cref="ArgumentException">
    /// The options ask for nothing, for a publisher without streams, or for a video codec that is none.
    /// </exception>
    public static SessionDescription Build(OfferOptions options, LocalTransport transport)
    {
        if (options.Role == NegotiationRole.Publish && options.Streams is null)
        {
            throw new ArgumentException("A publisher must announce its streams.", nameof(options));
        }

        var offer = new SessionDescription
        {
            Origin = SessionOrigin.Create(transport.SessionId),
            ExtensionMapAllowMixed = true,
            MsidSemantic = "WMS *",
        };
        offer.Transport.IceOptions.Add("ice2");
        var extensions = options.AudioExtensions.Union(options.VideoExtensions, StringComparer.Ordinal).ToList();
        if (options.Audio)
        {
            offer.Media.Add(BuildAudio(options, extensions));
        }

        if (options.VideoCodecs.Count > 0)
        {
            offer.Media.Add(BuildVideo(options, extensions));
        }

        if (options.Data)
        {
            offer.Media.Add(BuildData(options));
        }

        if (offer.Media.Count == 0)
        {
            throw new ArgumentException("An offer needs audio, video or data.", nameof(options));
        }

        Bundle(offer, transport);
        return offer;
    }

    private static void Bundle(SessionDescription offer, LocalTransport transport)
    {
        for (var index = 0; index < offer.Media.Count; index++)
        {
            offer.Media[index].Mid = index.ToString();
            transport.ApplyTo(offer.Media[index], DtlsSetup.ActPass);
        }

        offer.Groups.Add(new MediaGroup(MediaGroup.Bundle, offer.Media.ConvertAll(section => section.Mid!)));
        transport.AddCandidatesTo(offer.Media[0]);
    }

    private static MediaSection BuildAudio(OfferOptions options, List<string> extensions)
    {
        var section = CreateRtpSection(MediaKind.Audio, options);
        AddExtensions(section, options.AudioExtensions, extensions);
        var stereo = options.OpusStereo ? ";stereo=1;sprop-stereo=1" : "";
        section.Formats.Add(new RtpFormat(OpusPayloadType)
        {
            Name = "opus",
            ClockRate = 48000,
            Channels = 2,
            Parameters = new FormatParameters($"minptime=10;useinbandfec=1{stereo}"),
        });
        if (options is { Role: NegotiationRole.Publish, Streams: { } streams })
        {
            StreamAnnouncement.AddTo(section, new NegotiatedSource(streams.AudioSsrc, null, streams.Cname), streams);
        }

        return section;
    }

    private static MediaSection BuildVideo(OfferOptions options, List<string> extensions)
    {
        var section = CreateRtpSection(MediaKind.Video, options);
        AddExtensions(section, options.VideoExtensions, extensions);
        var payloadType = FirstVideoPayloadType;
        foreach (var codec in options.VideoCodecs)
        {
            AddVideoFormat(section, options, codec, payloadType);
            payloadType += 2;
        }

        if (options is not { Role: NegotiationRole.Publish, Streams: { } streams })
        {
            return section;
        }

        if (options.SimulcastRids.Count > 0)
        {
            // Mid and rid identify the encodings, so no SSRC is announced (RFC 8853 §5).
            section.Rids.AddRange(options.SimulcastRids.Select(rid => new RidDescription(rid, IsSend: true, [], "")));
            section.Simulcast = new SimulcastDescription(options.SimulcastRids, []);
            section.Msid = new Msid(streams.StreamId, streams.VideoTrackId);
            return section;
        }

        uint? rtx = options.Rtx ? streams.VideoRtxSsrc : null;
        StreamAnnouncement.AddTo(section, new NegotiatedSource(streams.VideoSsrc, rtx, streams.Cname), streams);
        return section;
    }

    private static void AddVideoFormat(MediaSection section, OfferOptions options, SdpCodec codec, byte payloadType)
    {
        var (name, parameters) = codec switch
        {
            SdpCodec.H264 => (
                "H264", $"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={options.H264ProfileLevelId}"),
            SdpCodec.Vp8 => ("VP8", ""),
            _ => throw new ArgumentException($"{codec} is not a video codec.", nameof(options)),
        };
        var format = new RtpFormat(payloadType) { Name = name, ClockRate = 90000, Parameters = new FormatParameters(parameters) };
        FeedbackKindsText.Write(options.VideoFeedback, format.Feedback);
        section.Formats.Add(format);
        if (options.Rtx)
        {
            section.Formats.Add(new RtpFormat((byte)(payloadType + 1))
            {
                Name = "rtx",
                ClockRate = 90000,
                Parameters = new FormatParameters($"apt={payloadType}"),
            });
        }
    }

    private static MediaSection BuildData(OfferOptions options)
    {
        var section = new MediaSection(MediaKind.Application, "UDP/DTLS/SCTP")
        {
            SctpPort = SctpPort,
            MaxMessageSize = options.MaxMessageSize,
        };
        section.OtherFormats.Add(MediaSection.DataChannelFormat);
        return section;
    }

    private static MediaSection CreateRtpSection(MediaKind kind, OfferOptions options) => new(kind, "UDP/TLS/RTP/SAVPF")
    {
        Direction = options.Role == NegotiationRole.Publish ? MediaDirection.SendOnly : MediaDirection.RecvOnly,
        RtcpMux = true,
        RtcpMuxOnly = true,
        RtcpReducedSize = true,
    };

    // One id per extension over the whole offer, as BUNDLE wants it (RFC 8285 §7).
    private static void AddExtensions(MediaSection section, IReadOnlyList<string> uris, List<string> all)
    {
        foreach (var uri in uris)
        {
            section.Extensions.Add(new ExtensionMapping(all.IndexOf(uri) + 1, uri));
        }
    }
}
