namespace MediaRelay.Protocols.Sdp;

/// <summary>What a headless client offers.</summary>
public sealed record OfferOptions
{
    public required NegotiationRole Role { get; init; }

    public bool Audio { get; init; } = true;

    /// <summary>Most preferred first; none leaves video out.</summary>
    public IReadOnlyList<SdpCodec> VideoCodecs { get; init; } = [SdpCodec.H264, SdpCodec.Vp8];

    /// <summary>A data section, last in the offer.</summary>
    public bool Data { get; init; }

    /// <summary>What a publisher announces for its streams; needed for <see cref="NegotiationRole.Publish"/>.</summary>
    public AnnouncedStreams? Streams { get; init; }

    /// <summary>A publisher's encodings, lowest quality first; none for a single one.</summary>
    public IReadOnlyList<string> SimulcastRids { get; init; } = [];

    public FeedbackKinds VideoFeedback { get; init; } = FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir;

    /// <summary>Retransmissions on a stream of their own (RFC 4588).</summary>
    public bool Rtx { get; init; } = true;

    public bool OpusStereo { get; init; }

    /// <summary>The profile and level of the H.264 format (RFC 6184 §8.1): constrained baseline, level 3.1 as browsers have it.</summary>
    public string H264ProfileLevelId { get; init; } = "42e01f";

    /// <summary>Header extensions by URI, numbered from 1 over both lists.</summary>
    public IReadOnlyList<string> AudioExtensions { get; init; } = [HeaderExtensionUris.Mid, HeaderExtensionUris.AudioLevel];

    public IReadOnlyList<string> VideoExtensions { get; init; } =
    [
        HeaderExtensionUris.Mid,
        HeaderExtensionUris.RtpStreamId,
        HeaderExtensionUris.RepairedRtpStreamId,
    ];

    /// <summary>The longest data channel message that the client takes, in bytes.</summary>
    public uint MaxMessageSize { get; init; } = 262144;
}
