using System.Diagnostics.CodeAnalysis;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Sessions;

/// <summary>Turns an offer into a session and its answer. In two steps: reading keeps nothing, so that a
/// limit is looked at between them. Runs on the request's thread; nothing is kept when it refuses.</summary>
internal sealed class SessionFactory(RelayCore relay)
{
    private const FeedbackKinds ViewerFeedback = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir;

    // Ids above are written in the two-byte form of RFC 8285, which costs more than the feedback is worth.
    private const int LastShortExtensionId = 14;
    private static readonly SdpCodec[] AllVideo = [SdpCodec.H264, SdpCodec.Vp8];

    /// <summary>Reads a host's offer into a room, which need not run yet. On false <paramref name="refusal"/> says why not.</summary>
    public bool TryReadHost(
        string roomId, string identity, string offerText, VideoCodec? codec, [NotNullWhen(true)] out AcceptableOffer? offer,
        [NotNullWhen(false)] out SessionOutcome? refusal)
    {
        var policy = new AnswerPolicy
        {
            Role = NegotiationRole.Publish,
            VideoCodecs = codec is { } only ? [ToSdp(only)] : AllVideo,
            AudioExtensions = [HeaderExtensions.MidUri, HeaderExtensions.AudioLevelUri, HeaderExtensions.TransportCcUri],
            VideoExtensions =
            [
                HeaderExtensions.MidUri, HeaderExtensions.RidUri, HeaderExtensions.RepairedRidUri, HeaderExtensions.TransportCcUri,
            ],
            AllowSimulcast = true,
            VideoFeedback = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir | FeedbackKinds.TransportCc,
            AudioFeedback = FeedbackKinds.TransportCc,
            OpusStereo = true,
        };
        if (!TryAnswer(offerText, policy, out offer, out refusal))
        {
            return false;
        }

        // After the offer was read: a malformed one is 400 whoever publishes. Asked again when the session is made.
        if (relay.FindRoom(roomId)?.IsPublishedByOther(identity) == true)
        {
            refusal = SessionOutcome.OtherHost(roomId);
            return false;
        }

        return true;
    }

    /// <summary>Reads a viewer's offer for a room, which need not run yet. On false <paramref name="refusal"/> says why not.</summary>
    public bool TryReadViewer(
        string roomId, bool isReturn, bool takesData, string offerText, [NotNullWhen(true)] out AcceptableOffer? offer,
        [NotNullWhen(false)] out SessionOutcome? refusal)
    {
        // Feedback is sent only for packets that are numbered, and they are only while there is a layer to choose: so it costs nothing
        // until then, and a viewer who joined before a mix or a simulcast host is there for it.
        var policy = new AnswerPolicy
        {
            Role = NegotiationRole.Subscribe,
            VideoCodecs = AllVideo,
            AudioExtensions = [HeaderExtensions.MidUri],
            VideoExtensions = !isReturn ? [HeaderExtensions.MidUri, HeaderExtensions.TransportCcUri] : [HeaderExtensions.MidUri],
            VideoFeedback = ViewerFeedback | (isReturn ? FeedbackKinds.None : FeedbackKinds.TransportCc),
            AllowDataChannel = takesData,
            MaxMessageSize = (uint)relay.Options.MaxMessageSize,
            OpusStereo = true,
            Streams = new AnnouncedStreams(
                RelayCore.MakeId(), roomId, "audio", "video", relay.NextUInt32(), relay.NextUInt32(), relay.NextUInt32()),
        };
        return TryAnswer(offerText, policy, out offer, out refusal);
    }

    /// <summary>Makes a host's session of an offer that <see cref="TryReadHost"/> took.</summary>
    public SessionOutcome Publish(Timestamp now, Room room, string identity, AcceptableOffer offer)
    {
        var sections = offer.Negotiated.Media.Select(ToSection).ToList();
        var session = new PublisherSession(
            relay, room, RelayCore.MakeId(), identity, MakePeer(offer), offer.Credentials.Ufrag, sections, RelayCore.MakeId())
        {
            CreatedAt = now,
        };
        return Admit(now, session, offer);
    }

    /// <summary>Makes a viewer's session of an offer that <see cref="TryReadViewer"/> took.</summary>
    public SessionOutcome Watch(
        Timestamp now, Room room, bool isReturn, string identity, AcceptableOffer offer, DataApplication? application)
    {
        var negotiated = offer.Negotiated;
        var streams = offer.Streams!;
        var tracks = new ViewerTracks(
            ToTrack(negotiated.Audio, streams.AudioSsrc, rtxSsrc: null),
            ToTrack(negotiated.Video, streams.VideoSsrc, streams.VideoRtxSsrc),
            ToPayloadTypes(negotiated));
        var session = new ViewerSession(
            relay, room, isReturn, RelayCore.MakeId(), identity, MakePeer(offer), offer.Credentials.Ufrag, tracks,
            negotiated.Data is null ? null : application, streams.Cname)
        {
            CreatedAt = now,
        };
        return Admit(now, session, offer);
    }

    private bool TryAnswer(
        string offerText, AnswerPolicy policy, [NotNullWhen(true)] out AcceptableOffer? acceptable,
        [NotNullWhen(false)] out SessionOutcome? refusal)
    {
        acceptable = null;
        if (!SessionDescription.TryParse(offerText, out var offer, out var problem))
        {
            refusal = SessionOutcome.Malformed(problem!);
            return false;
        }

        var credentials = IceCredentials.Create();
        var fingerprint = relay.Options.Certificate.Fingerprint;
        var transport = new LocalTransport(
            credentials.Ufrag, credentials.Password, fingerprint.Algorithm, fingerprint.Value,
            [.. relay.Options.PublicAddresses.Select(address => (address.ToIPAddress().ToString(), (int)address.Port))]);
        if (!OfferAnswer.TryAnswer(offer!, policy, transport, out var negotiated, out var error))
        {
            refusal = SessionOutcome.Refused(error!);
            return false;
        }

        acceptable = new AcceptableOffer(credentials, negotiated!, policy.Streams);
        refusal = null;
        return true;
    }

    private SessionOutcome Admit(Timestamp now, PeerSession session, AcceptableOffer offer)
    {
        var outcome = relay.Admit(now, session, offer.Credentials.Ufrag);
        if (outcome.What != SessionOutcome.Status.Created)
        {
            session.Discard();
            return outcome;
        }

        return outcome with { Answer = offer.Negotiated.Answer.ToString() };
    }

    private PeerConnection MakePeer(AcceptableOffer offer)
    {
        var negotiated = offer.Negotiated;
        var options = new PeerOptions
        {
            Certificate = relay.Options.Certificate,
            LocalCredentials = offer.Credentials,
            RemoteCredentials = new IceCredentials(negotiated.RemoteIceUfrag, negotiated.RemoteIcePwd),
            RemoteFingerprint = Strongest(negotiated.RemoteFingerprints),
            Pool = relay.Shards[0].Pool,
            HasData = negotiated.Data is not null,
            RemoteMaxMessageSize = (int)Math.Min(negotiated.Data?.RemoteMaxMessageSize ?? 65_536, int.MaxValue),
            LocalMaxMessageSize = relay.Options.MaxMessageSize,
            RemoteSctpPort = negotiated.Data?.RemoteSctpPort ?? NegotiatedData.DefaultSctpPort,
        };
        return new PeerConnection(options, new PacketDrops(), relay.NewRandom());
    }

    /// <summary>RFC 8122 §5: of several hashes of one certificate any will do; SHA-256 is what everybody sends.</summary>
    private static Fingerprint Strongest(IReadOnlyList<FingerprintAttribute> fingerprints)
    {
        var best = fingerprints.FirstOrDefault(print => print.Algorithm.Equals("sha-256", StringComparison.OrdinalIgnoreCase))
            ?? fingerprints[0];
        return new Fingerprint(best.Algorithm, best.Value);
    }

    private static SdpCodec ToSdp(VideoCodec codec) => codec == VideoCodec.H264 ? SdpCodec.H264 : SdpCodec.Vp8;

    private static PublishedTrackOptions ToSection(NegotiatedMedia media)
    {
        var codec = media.Codecs[0];
        var source = media.RemoteSources.Count > 0 ? media.RemoteSources[0] : null;
        return new PublishedTrackOptions(
            media.Kind == MediaKind.Video,
            codec.Codec == SdpCodec.Vp8 ? VideoCodec.Vp8 : VideoCodec.H264,
            new PayloadType(codec.PayloadType),
            codec.RtxPayloadType is { } rtx ? new PayloadType(rtx) : null,
            source is null || media.Rids.Count > 0 ? null : new Ssrc(source.Ssrc),
            media.Mid,
            codec.Feedback.HasFlag(FeedbackKinds.Nack),
            media.Rids.Count > 0,
            ToExtensions(media));
    }

    private static ViewerTrack? ToTrack(NegotiatedMedia? media, uint ssrc, uint? rtxSsrc)
    {
        if (media is null)
        {
            return null;
        }

        var hasRtx = media.Codecs.Any(codec => codec.RtxPayloadType is not null);
        var extensions = ToExtensions(media);
        return new ViewerTrack(
            new Ssrc(ssrc), media.Mid ?? "", media.Mid is null ? 0 : Math.Max(0, extensions[HeaderExtension.Mid]),
            hasRtx && rtxSsrc is { } rtx ? new Ssrc(rtx) : null,
            hasRtx && HasTransportFeedback(media, extensions) ? extensions[HeaderExtension.TransportCc] : 0);
    }

    // Without RTX a resend must be bit-identical, and a transport-wide number of its own would make it another packet.
    private static bool HasTransportFeedback(NegotiatedMedia media, HeaderExtensionMap extensions) =>
        extensions[HeaderExtension.TransportCc] is > 0 and <= LastShortExtensionId
        && media.Codecs.All(codec => codec.Feedback.HasFlag(FeedbackKinds.TransportCc) && codec.RtxPayloadType is not null);

    private static CodecPayloadTypes ToPayloadTypes(NegotiatedSession negotiated) => new(
        Find(negotiated.Video, SdpCodec.H264), Find(negotiated.Video, SdpCodec.Vp8), Find(negotiated.Audio, SdpCodec.Opus),
        FindRtx(negotiated.Video, SdpCodec.H264), FindRtx(negotiated.Video, SdpCodec.Vp8));

    private static PayloadType? FindRtx(NegotiatedMedia? media, SdpCodec codec) =>
        media?.Codecs.FirstOrDefault(candidate => candidate.Codec == codec)?.RtxPayloadType is { } found ? new PayloadType(found) : null;

    private static PayloadType? Find(NegotiatedMedia? media, SdpCodec codec) =>
        media?.Codecs.FirstOrDefault(candidate => candidate.Codec == codec) is { } found ? new PayloadType(found.PayloadType) : null;

    private static HeaderExtensionMap ToExtensions(NegotiatedMedia media)
    {
        var map = new HeaderExtensionMap();
        foreach (var (uri, id) in media.Extensions)
        {
            map.TryAdd(id, uri);
        }

        return map;
    }
}
