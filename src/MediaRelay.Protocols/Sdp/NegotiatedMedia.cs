namespace MediaRelay.Protocols.Sdp;

/// <summary>An audio or video section that both sides agreed on.</summary>
public sealed record NegotiatedMedia
{
    /// <summary>The section's place in the description, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Null when the one section of the offer had none.</summary>
    public required string? Mid { get; init; }

    /// <summary><see cref="MediaKind.Audio"/> or <see cref="MediaKind.Video"/>.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>Seen from us.</summary>
    public required MediaDirection Direction { get; init; }

    /// <summary>At least one, in the order of the answer.</summary>
    public required IReadOnlyList<NegotiatedCodec> Codecs { get; init; }

    /// <summary>The agreed header extensions: URI to id, 1–255.</summary>
    public required IReadOnlyDictionary<string, byte> Extensions { get; init; }

    public required bool ReducedSizeRtcp { get; init; }

    /// <summary>The streams that the other side announced; often none with simulcast, where mid and rid identify them.</summary>
    public IReadOnlyList<NegotiatedSource> RemoteSources { get; init; } = [];

    /// <summary>The stream that we announced; null where we only receive.</summary>
    public NegotiatedSource? LocalSource { get; init; }

    /// <summary>The simulcast encodings that are sent, in the offer's order; empty without simulcast.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];

    /// <summary>The other side's stream and track, where it sends and says so.</summary>
    public Msid? RemoteMsid { get; init; }
}
