using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>One fragment of a message to send; its bytes are in the <see cref="SendBuffer"/>.</summary>
internal struct OutgoingChunk
{
    /// <summary>Where its bytes begin in the <see cref="SendBuffer"/>.</summary>
    public long Position;

    /// <summary>When it was sent last.</summary>
    public Timestamp SentAt;

    /// <summary>When its message is no longer worth sending (RFC 3758 §4.1, timed reliability).</summary>
    public Timestamp Expiry;

    public uint PayloadProtocol;
    public ushort Stream;

    /// <summary>Given when the message's first fragment is sent, so that a message that expires before leaves no gap.</summary>
    public ushort StreamSequence;
    public ushort Length;
    public ushort Transmissions;

    /// <summary>Retransmissions allowed; <see cref="Reliable"/> for no limit.</summary>
    public ushort MaxRetransmits;

    /// <summary>Reports of later TSNs while this one is missing (RFC 9260 §7.2.4).</summary>
    public byte Misses;

    /// <summary>The B, E and U bits of <see cref="DataChunk"/>.</summary>
    public byte Flags;
    public OutgoingChunkState State;

    public const ushort Reliable = ushort.MaxValue;

    public readonly bool IsBegin => (Flags & DataChunk.BeginFlag) != 0;

    public readonly bool IsEnd => (Flags & DataChunk.EndFlag) != 0;

    public readonly bool IsUnordered => (Flags & DataChunk.UnorderedFlag) != 0;
}
