namespace MediaRelay.Protocols.Bandwidth;

/// <summary>What feedback has told of a packet.</summary>
internal enum SentPacketState : byte
{
    /// <summary>Nothing yet, or the feedback that told of it was lost.</summary>
    Sent,

    /// <summary>It had not arrived; it may still, when the network reordered it.</summary>
    Lost,

    /// <summary>It arrived; what later feedback repeats of it is ignored.</summary>
    Received,
}
