namespace MediaRelay.Server.Admission;

/// <summary>The largest value since it was last asked for. Any thread; cheap while the value is not a new largest.</summary>
internal sealed class HighWater
{
    private long _largest;

    public void Note(long value)
    {
        for (var known = Volatile.Read(ref _largest); value > known;)
        {
            var found = Interlocked.CompareExchange(ref _largest, value, known);
            if (found == known)
            {
                return;
            }

            known = found;
        }
    }

    public long Take() => Interlocked.Exchange(ref _largest, 0);
}
