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

/// <summary>Turns an offer into a session and its answer. Runs on the request's thread; nothing is kept when it refuses.</summary>
internal sealed class SessionFactory(RelayCore relay)
{
    private const FeedbackKinds ViewerFeedback = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir;

    // Ids above are written in the two-byte form of RFC 8285, which costs more than the feedback is worth.
    private const int LastShortExtensionId = 14;
    private static readonly SdpCodec[] AllVideo = [SdpCodec.H264, SdpCodec.Vp8];

    public SessionOutcome Publish(Timestamp now, Room room, string identity, string offerText, VideoCodec? codec)
    {
        var credentials = IceCredentials.Create();
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
        if (!TryAnswer(offerText, policy, credentials, out var negotiated, out var refusal))
        {
            return refusal!;
        }

        // After the offer was read: a malformed one is 400 whoever publishes.
        if (room.IsPublishedByOther(identity))
        {
            return SessionOutcome.Conflict($"Another host publishes in room '{room.Id}'.");
        }

        var sections = negotiated!.Media.Select(ToSection).ToList();
        var session = new PublisherSession(
            relay, room, RelayCore.MakeId(), identity, MakePeer(negotiated, credentials), credentials.Ufrag, sections, RelayCore.MakeId())
        {
            CreatedAt = now,
        };
        return Admit(now, session, credentials, negotiated);
    }

    public SessionOutcome Watch(
        Timestamp now, Room room, bool isReturn, string identity, string offerText, DataApplication? application)
    {
        var credentials = IceCredentials.Create();
        var cname = RelayCore.MakeId();
        var streams = new AnnouncedStreams(
            cname, room.Id, "audio", "video", relay.NextUInt32(), relay.NextUInt32(), relay.NextUInt32());

        // Feedback of 2,000 viewers is 40,000 packets a second: only where there is a layer to choose with it.
        var hasLayers = room.HasLayers && !isReturn;
        var policy = new AnswerPolicy
        {
            Role = NegotiationRole.Subscribe,
            VideoCodecs = AllVideo,
            AudioExtensions = [HeaderExtensions.MidUri],
            VideoExtensions = hasLayers ? [HeaderExtensions.MidUri, HeaderExtensions.TransportCcUri] : [HeaderExtensions.MidUri],
            VideoFeedback = ViewerFeedback | (hasLayers ? FeedbackKinds.TransportCc : FeedbackKinds.None),
            AllowDataChannel = application is not null,
            MaxMessageSize = (uint)relay.Options.MaxMessageSize,
            OpusStereo = true,
            Streams = streams,
        };
        if (!TryAnswer(offerText, policy, credentials, out var negotiated, out var refusal))
        {
            return refusal!;
        }

        var tracks = new ViewerTracks(
            ToTrack(negotiated!.Audio, streams.AudioSsrc, rtxSsrc: null),
            ToTrack(negotiated.Video, streams.VideoSsrc, streams.VideoRtxSsrc),
            ToPayloadTypes(negotiated));
        var session = new ViewerSession(
            relay, room, isReturn, RelayCore.MakeId(), identity, MakePeer(negotiated, credentials), credentials.Ufrag, tracks,
            negotiated.Data is null ? null : application, cname)
        {
            CreatedAt = now,
        };
        var outcome = Admit(now, session, credentials, negotiated);
        var lacksCodec = negotiated.Video is not null && room.Codec is { } codec && tracks.PayloadTypes.ForVideo(codec) is null;
        return outcome with { LacksRoomCodec = lacksCodec };
    }

    private bool TryAnswer(
        string offerText, AnswerPolicy policy, IceCredentials credentials, out NegotiatedSession? negotiated, out SessionOutcome? refusal)
    {
        negotiated = null;
        if (!SessionDescription.TryParse(offerText, out var offer, out var problem))
        {
            refusal = SessionOutcome.Malformed(problem!);
            return false;
        }

        var fingerprint = relay.Options.Certificate.Fingerprint;
        var transport = new LocalTransport(
            credentials.Ufrag, credentials.Password, fingerprint.Algorithm, fingerprint.Value,
            [.. relay.Options.PublicAddresses.Select(address => (address.ToIPAddress().ToString(), (int)address.Port))]);
        if (!OfferAnswer.TryAnswer(offer!, policy, transport, out negotiated, out var error))
        {
            refusal = SessionOutcome.Refused(error!);
            return false;
        }

        refusal = null;
        return true;
    }

    private SessionOutcome Admit(Timestamp now, PeerSession session, IceCredentials credentials, NegotiatedSession negotiated)
    {
        var outcome = relay.Admit(now, session, credentials.Ufrag);
        if (outcome.What != SessionOutcome.Status.Created)
        {
            session.Discard();
            return outcome;
        }

        return outcome with { Answer = negotiated.Answer.ToString() };
    }

    private PeerConnection MakePeer(NegotiatedSession negotiated, IceCredentials credentials)
    {
        var options = new PeerOptions
        {
            Certificate = relay.Options.Certificate,
            LocalCredentials = credentials,
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
