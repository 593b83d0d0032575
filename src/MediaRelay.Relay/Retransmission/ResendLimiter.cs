using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Retransmission;

/// <summary>
/// Remembers the last packets that one viewer had resent, so that a NACK storm costs a bounded number of resends (protocol notes,
/// trap 15). Nothing is kept for a viewer that loses nothing.
/// </summary>
internal sealed class ResendLimiter(int maxResends, TimeSpan leastDistance)
{
    private const int Remembered = 64;
    private Entry[]? _entries;

    public bool TryTake(Timestamp now, long sequence, TimeSpan roundTrip)
    {
        _entries ??= new Entry[Remembered];
        ref var entry = ref _entries[(int)(sequence & (Remembered - 1))];
        if (entry.Count == 0 || entry.Sequence != sequence)
        {
            entry = new Entry { Sequence = sequence, Count = 1, At = now };
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
        public long Sequence;
        public int Count;
        public Timestamp At;
    }
}
