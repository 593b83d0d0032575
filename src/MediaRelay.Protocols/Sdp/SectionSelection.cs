using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// Decides for each section of an offer whether it is answered, at most one of each kind. A section that is not is rejected with port 0
/// as long as another one is accepted, except that a publisher gets all of what it wants to send or an error: a part would look like
/// success (RFC 9725 §4.4.3; more tracks of a kind than supported are refused as a whole by §4.4.2). What a publisher does not send, such
/// as a recvonly section or a data section that is not allowed, does not count for that.
/// </summary>
internal sealed class SectionSelection(SessionDescription offer, AnswerPolicy policy, BundlePlan bundle)
{
    private const int MostReasons = 4;
    private const int MostEncodings = 8;
    private const string DataFormat = MediaSection.DataChannelFormat;

    private readonly List<string> _refusals = [];

    /// <summary>The accepted audio and video sections in the offer's order.</summary>
    public List<NegotiatedMedia> Media { get; } = [];

    public NegotiatedData? Data { get; private set; }

    /// <summary>The accepted sections of the offer, data included, in its order.</summary>
    public List<MediaSection> Accepted { get; } = [];

    public bool TrySelect([NotNullWhen(false)] out AnswerError? error)
    {
        for (var index = 0; index < offer.Media.Count; index++)
        {
            var section = offer.Media[index];
            if (!bundle.IsLive(section))
            {
                continue;
            }

            var reason = section.Kind switch
            {
                MediaKind.Audio or MediaKind.Video => TakeMedia(index, section),
                MediaKind.Application => TakeData(index, section),
                _ => "allowed are audio, video and application",
            };
            if (reason is null)
            {
                Accepted.Add(section);
                continue;
            }

            var refusal = $"m-section {index} ({SdpText.Quote(section.KindToken)}): {reason}";
            if (policy.Role == NegotiationRole.Publish && IsPublished(section))
            {
                error = AnswerError.NotAcceptable(refusal);
                return false;
            }

            _refusals.Add(refusal);
        }

        return TryFinish(out error);
    }

    private static bool IsPublished(MediaSection section) =>
        section.Kind is MediaKind.Audio or MediaKind.Video && section.Direction.Sends();

    private bool TryFinish([NotNullWhen(false)] out AnswerError? error)
    {
        if (Accepted.Count == 0)
        {
            var reasons = _refusals.Count == 0 ? "every m-section has port 0" : string.Join("; ", _refusals.Take(MostReasons));
            error = AnswerError.NotAcceptable($"nothing in the offer can be used: {reasons}");
            return false;
        }

        if (policy.Role == NegotiationRole.Publish && Media.Count == 0)
        {
            error = AnswerError.NotAcceptable("the offer publishes neither audio nor video; at least one is needed");
            return false;
        }

        return TryCheckNumbers(out error);
    }

    // Returns why not, or null when the section is taken.
    private string? TakeMedia(int index, MediaSection section)
    {
        var isPublish = policy.Role == NegotiationRole.Publish;
        if (!MediaSection.IsSecureRtpProtocol(section.Protocol))
        {
            return $"protocol {SdpText.Quote(section.Protocol)}; allowed is UDP/TLS/RTP/SAVPF";
        }

        if (isPublish ? !section.Direction.Sends() : !section.Direction.Receives())
        {
            var allowed = isPublish ? "sendonly and sendrecv" : "recvonly and sendrecv";
            return $"a={section.Direction.ToToken()}; allowed are {allowed}";
        }

        if (Media.Exists(media => media.Kind == section.Kind))
        {
            return "a second section of this kind; allowed is one";
        }

        if (!bundle.Covers(section))
        {
            return "not in a=group:BUNDLE; all sections must share one transport (RFC 9143)";
        }

        if (!section.RtcpMux)
        {
            return "a=rtcp-mux is missing; RTCP on a port of its own is not supported (RFC 5761)";
        }

        var codecs = SelectCodecs(section);
        if (codecs.Count == 0)
        {
            return $"no usable codec; allowed is {AllowedCodecs(section.Kind)}";
        }

        Media.Add(Describe(index, section, codecs));
        return null;
    }

    private string? TakeData(int index, MediaSection section)
    {
        if (!policy.AllowDataChannel)
        {
            return "data channels are not offered here";
        }

        if (section.Protocol is not ("UDP/DTLS/SCTP" or "TCP/DTLS/SCTP") || !section.OtherFormats.Contains(DataFormat))
        {
            return $"protocol {SdpText.Quote(section.Protocol)}; allowed is UDP/DTLS/SCTP {DataFormat} (RFC 8841)";
        }

        if (Data is not null)
        {
            return "a second section of this kind; allowed is one";
        }

        if (!bundle.Covers(section))
        {
            return "not in a=group:BUNDLE; all sections must share one transport (RFC 9143)";
        }

        Data = new NegotiatedData(
            index,
            section.Mid,
            (ushort)(section.SctpPort ?? NegotiatedData.DefaultSctpPort),
            section.MaxMessageSize ?? NegotiatedData.DefaultMaxMessageSize);
        return null;
    }

    private List<NegotiatedCodec> SelectCodecs(MediaSection section)
    {
        if (section.Kind == MediaKind.Audio)
        {
            return CodecSelection.Select(section, [SdpCodec.Opus], policy.AudioFeedback);
        }

        var codecs = CodecSelection.Select(section, policy.VideoCodecs, policy.VideoFeedback);

        // A room has one codec at a time, so its publisher may send only that one.
        return policy.Role == NegotiationRole.Publish ? codecs.Take(1).ToList() : codecs;
    }

    private string AllowedCodecs(MediaKind kind)
    {
        if (kind == MediaKind.Audio)
        {
            return "opus/48000/2";
        }

        var names = policy.VideoCodecs.Select(codec => codec == SdpCodec.H264
            ? "H264/90000 with packetization-mode=1 and a (constrained) baseline profile-level-id"
            : "VP8/90000");
        return policy.VideoCodecs.Count == 0 ? "audio only" : string.Join(" or ", names);
    }

    private NegotiatedMedia Describe(int index, MediaSection section, List<NegotiatedCodec> codecs)
    {
        var isPublish = policy.Role == NegotiationRole.Publish;
        var extensions = SelectExtensions(section);
        return new NegotiatedMedia
        {
            Index = index,
            Mid = section.Mid,
            Kind = section.Kind,
            Direction = isPublish ? MediaDirection.RecvOnly : MediaDirection.SendOnly,
            Codecs = codecs,
            Extensions = extensions,
            ReducedSizeRtcp = section.RtcpReducedSize,
            RemoteSources = isPublish ? NegotiatedSource.ReadAll(section) : [],
            RemoteMsid = isPublish ? section.Msid : null,
            LocalSource = isPublish ? null : DescribeLocalSource(section.Kind, codecs),
            Rids = SelectRids(section, codecs[0], extensions),
        };
    }

    private NegotiatedSource DescribeLocalSource(MediaKind kind, List<NegotiatedCodec> codecs)
    {
        var streams = policy.Streams
            ?? throw new InvalidOperationException("AnswerPolicy.Streams is needed to answer a subscriber.");
        uint? rtx = codecs.Exists(codec => codec.RtxPayloadType is not null) ? streams.VideoRtxSsrc : null;
        return kind == MediaKind.Audio
            ? new NegotiatedSource(streams.AudioSsrc, null, streams.Cname)
            : new NegotiatedSource(streams.VideoSsrc, rtx, streams.Cname);
    }

    private Dictionary<string, byte> SelectExtensions(MediaSection section)
    {
        var wanted = section.Kind == MediaKind.Audio ? policy.AudioExtensions : policy.VideoExtensions;
        var selected = new Dictionary<string, byte>(StringComparer.Ordinal);
        foreach (var extension in section.Extensions)
        {
            // RFC 8285 §4.2 reserves 15 in the one-byte form, and §7 leaves 4096 and above to the answerer; both are as good as absent.
            var isFlowing = extension.Direction is not { } direction
                || (policy.Role == NegotiationRole.Publish ? direction.Sends() : direction.Receives());
            if (isFlowing && extension.Id is > 0 and <= 255 and not 15 && wanted.Contains(extension.Uri))
            {
                selected.TryAdd(extension.Uri, (byte)extension.Id);
            }
        }

        return selected;
    }

    private List<string> SelectRids(MediaSection section, NegotiatedCodec codec, Dictionary<string, byte> extensions)
    {
        // Without the rid extension nothing tells the encodings apart (RFC 8853 §5).
        if (policy.Role != NegotiationRole.Publish
            || !policy.AllowSimulcast
            || section.Simulcast is null
            || !extensions.ContainsKey(HeaderExtensionUris.RtpStreamId))
        {
            return [];
        }

        return section.Simulcast.Send
            .Where(id => section.Rids.Exists(rid =>
                rid.Id == id && rid.IsSend && (rid.PayloadTypes.Count == 0 || rid.PayloadTypes.Contains(codec.PayloadType))))
            .Distinct(StringComparer.Ordinal)
            .Take(MostEncodings)
            .ToList();
    }

    // RFC 9143 §9.1 and RFC 8285 §7: on one transport a payload type means one codec and an id one extension.
    private bool TryCheckNumbers([NotNullWhen(false)] out AnswerError? error)
    {
        error = null;
        var payloadTypes = new HashSet<byte>();
        var uriById = new Dictionary<byte, string>();
        foreach (var media in Media)
        {
            foreach (var codec in media.Codecs)
            {
                byte? repeated = !payloadTypes.Add(codec.PayloadType) ? codec.PayloadType
                    : codec.RtxPayloadType is { } rtx && !payloadTypes.Add(rtx) ? rtx
                    : null;
                if (repeated is not null)
                {
                    error = AnswerError.Malformed(
                        $"payload type {repeated} means two formats of one BUNDLE; allowed is one (RFC 9143 §9.1)");
                    return false;
                }
            }

            foreach (var (uri, id) in media.Extensions)
            {
                if (uriById.TryGetValue(id, out var other) && other != uri)
                {
                    error = AnswerError.Malformed(
                        $"a=extmap:{id} means two extensions of one BUNDLE; allowed is one (RFC 8285 §7)");
                    return false;
                }

                uriById[id] = uri;
            }
        }

        return true;
    }
}
