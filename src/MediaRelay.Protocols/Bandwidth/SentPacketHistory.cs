using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// The last <see cref="Capacity"/> packets sent, by transport-wide sequence number; made when the first is sent. At 1.5
/// Mbit/s with audio that is five seconds, at 10 Mbit/s one: longer than any round trip that media survives.
/// </summary>
internal sealed class SentPacketHistory(ushort firstSequence)
{
    /// <summary>A power of two, so that a mask finds the slot.</summary>
    public const int Capacity = 1_024;

    private readonly long _first = firstSequence;
    private SentPacket[]? _packets;

    /// <summary>The unwrapped number that the next packet gets.</summary>
    public long Next { get; private set; } = firstSequence;

    /// <summary>Notes a packet and returns its transport-wide sequence number.</summary>
    public ushort Add(Timestamp now, int bytes, byte cluster)
    {
        _packets ??= new SentPacket[Capacity];
        _packets[Next & (Capacity - 1)] = new SentPacket
        {
            SentMicroseconds = (uint)(now.Nanoseconds / 1_000),
            Bytes = (ushort)Math.Clamp(bytes, 0, ushort.MaxValue),
            Cluster = cluster,
            State = SentPacketState.Sent,
        };
        return (ushort)Next++;
    }

    /// <summary>
    /// The unwrapped number that a sequence number stands for, within ± 32,767 of the last one sent; not necessarily
    /// one that is kept.
    /// </summary>
    public long Unwrap(ushort sequence) => Next - 1 + (short)(ushort)(sequence - (ushort)(Next - 1));

    /// <summary>False for a number that was never sent or that has been overwritten.</summary>
    public bool Contains(long number) => number >= _first && number < Next && number >= Next - Capacity;

    /// <summary>The packet of a number that <see cref="Contains"/> has confirmed.</summary>
    public ref SentPacket Get(long number) => ref _packets![number & (Capacity - 1)];

    /// <summary>
    /// When a packet was sent, in microseconds on the clock of <paramref name="now"/>, which is within 71 minutes of
    /// it.
    /// </summary>
    public static long GetSentMicroseconds(Timestamp now, in SentPacket packet)
    {
        var microseconds = now.Nanoseconds / 1_000;
        return microseconds - (uint)((uint)microseconds - packet.SentMicroseconds);
    }
}
