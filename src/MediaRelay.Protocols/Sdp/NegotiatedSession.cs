namespace MediaRelay.Protocols.Sdp;

/// <summary>What offer and answer come to, seen from one of the two sides.</summary>
public sealed record NegotiatedSession
{
    public required SessionDescription Answer { get; init; }

    public required string RemoteIceUfrag { get; init; }

    public required string RemoteIcePwd { get; init; }

    public bool IsRemoteIceLite { get; init; }

    /// <summary>Any of these may be the peer's certificate (RFC 8122 §5); at least one, only strong hashes.</summary>
    public required IReadOnlyList<FingerprintAttribute> RemoteFingerprints { get; init; }

    /// <summary>True when we wait for the ClientHello.</summary>
    public required bool IsDtlsServer { get; init; }

    /// <summary>The other side's candidates that the description carried.</summary>
    public IReadOnlyList<Candidate> RemoteCandidates { get; init; } = [];

    /// <summary>One-byte and two-byte header extensions may alternate (RFC 8285 §6).</summary>
    public bool ExtensionMapAllowMixed { get; init; }

    /// <summary>The accepted audio and video sections in the order of the description; at most one of each.</summary>
    public required IReadOnlyList<NegotiatedMedia> Media { get; init; }

    public NegotiatedData? Data { get; init; }

    public NegotiatedMedia? Audio => Media.FirstOrDefault(media => media.Kind == MediaKind.Audio);

    public NegotiatedMedia? Video => Media.FirstOrDefault(media => media.Kind == MediaKind.Video);
}
