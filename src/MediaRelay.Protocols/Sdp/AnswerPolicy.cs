namespace MediaRelay.Protocols.Sdp;

/// <summary>What the answering side can do for one session.</summary>
public sealed record AnswerPolicy
{
    public required NegotiationRole Role { get; init; }

    /// <summary>
    /// Allowed video codecs, most preferred first. A publisher is answered with the first of them that its offer has; a subscriber with
    /// all that its offer has, so that the feed may change codec without renegotiation. One entry fixes the codec; none refuses video.
    /// </summary>
    public IReadOnlyList<SdpCodec> VideoCodecs { get; init; } = [SdpCodec.H264, SdpCodec.Vp8];

    /// <summary>Header extensions to accept for audio, by URI.</summary>
    public IReadOnlyList<string> AudioExtensions { get; init; } = [HeaderExtensionUris.Mid, HeaderExtensionUris.AudioLevel];

    /// <summary>Header extensions to accept for video, by URI.</summary>
    public IReadOnlyList<string> VideoExtensions { get; init; } =
    [
        HeaderExtensionUris.Mid,
        HeaderExtensionUris.RtpStreamId,
        HeaderExtensionUris.RepairedRtpStreamId,
    ];

    /// <summary>
    /// The feedback to accept. Congestion feedback costs every packet, so it is asked for only where a bitrate choice depends on it.
    /// </summary>
    public FeedbackKinds VideoFeedback { get; init; } = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir;

    public FeedbackKinds AudioFeedback { get; init; } = FeedbackKinds.None;

    /// <summary>A publisher may send its simulcast encodings; otherwise the section is answered without, and it sends one.</summary>
    public bool AllowSimulcast { get; init; }

    public bool AllowDataChannel { get; init; }

    /// <summary>The longest data channel message that we take, in bytes (RFC 8841 §6).</summary>
    public uint MaxMessageSize { get; init; } = 262144;

    /// <summary>Sound is, or is wanted, in stereo (RFC 7587 §6.1). Opus is described as two channels either way.</summary>
    public bool OpusStereo { get; init; }

    /// <summary>What we announce for the streams that we send; needed for <see cref="NegotiationRole.Subscribe"/>.</summary>
    public AnnouncedStreams? Streams { get; init; }
}
