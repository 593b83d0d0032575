namespace MediaRelay.Protocols.Drops;

/// <summary>Counts what was dropped, by reason. Written by one loop, read by any thread (a count may be a moment old).</summary>
public sealed class PacketDrops
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;
    private readonly long[] _counts = new long[Reasons];

    public long this[DropReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public long Total
    {
        get
        {
            var total = 0L;
            for (var i = 0; i < _counts.Length; i++)
            {
                total += Volatile.Read(ref _counts[i]);
            }

            return total;
        }
    }

    public void Count(DropReason reason) => _counts[(int)reason]++;
}
