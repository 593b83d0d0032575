namespace MediaRelay.Protocols.Bandwidth;

/// <summary>What the trend of the one-way delay says of the path (draft-ietf-rmcat-gcc-02 §5.4).</summary>
internal enum BandwidthUsage
{
    /// <summary>The queue neither grows nor shrinks.</summary>
    Normal,

    /// <summary>The queue grows: more is sent than the path carries.</summary>
    Overusing,

    /// <summary>The queue shrinks; raising the rate now would stop it from draining.</summary>
    Underusing,
}
