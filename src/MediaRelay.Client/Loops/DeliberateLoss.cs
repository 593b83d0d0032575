namespace MediaRelay.Client.Loops;

/// <summary>Loses a share of datagrams on purpose, each by itself; the same seed loses the same ones. For one thread.</summary>
/// <param name="share">0–1.</param>
internal sealed class DeliberateLoss(double share, Random random)
{
    private long _count;

    /// <summary>How many it took; any thread.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Whether the next datagram is lost.</summary>
    public bool TakesNext()
    {
        if (random.NextDouble() >= share)
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }
}
