using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Retransmission;

/// <summary>
/// Remembers the last packets that one viewer had resent, so that a NACK storm costs a bounded number of resends (protocol notes,
/// trap 15). Nothing is kept for a viewer that loses nothing.
/// </summary>
internal sealed class ResendLimiter(int maxResends, TimeSpan leastDistance)
{
    // Two seconds, for so long packets are kept, at 6 Mbit/s. A viewer whose line has become narrow misses nearly all of them at once:
    // with fewer, each packet's entry makes way for another's before the packet is asked for again, and nothing is limited.
    private const int Remembered = 1024;

    // 16 KB, made at the first resend: a viewer that loses nothing has none.
    private Entry[]? _entries;

    public bool TryTake(Timestamp now, long sequence, TimeSpan roundTrip)
    {
        _entries ??= new Entry[Remembered];
        ref var entry = ref _entries[(int)(sequence & (Remembered - 1))];
        if (entry.Count == 0 || entry.Sequence != (uint)sequence)
        {
            entry = new Entry { Sequence = (uint)sequence, Count = 1, At = now };
            return true;
        }

        var distance = roundTrip > leastDistance ? roundTrip : leastDistance;
        if (entry.Count >= maxResends || now - entry.At < distance)
        {
            return false;
        }

        entry.Count++;
        entry.At = now;
        return true;
    }

    private struct Entry
    {
        public Timestamp At;
        public uint Sequence;
        public int Count;
    }
}
