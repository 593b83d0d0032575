namespace MediaRelay.Protocols.Payloads;

/// <summary>Why a depacketizer discarded a frame, or part of one.</summary>
public enum FrameLoss
{
    /// <summary>Nothing was discarded.</summary>
    None,

    /// <summary>Packets are missing: later frames may refer to what was lost, until a key frame.</summary>
    Gap,

    /// <summary>A payload does not parse, or its parts do not fit together.</summary>
    Malformed,

    /// <summary>The frame is larger than <see cref="VideoDepacketizer.MaxFrameLength"/>.</summary>
    TooLarge,
}
