namespace MediaRelay.Server.Overlays;

/// <summary>What one viewer may send a second: a bucket that holds one second's worth; 0 is no limit.</summary>
internal sealed class MessageBudget(int perSecond)
{
    private double _tokens = perSecond;
    private DateTimeOffset _at = DateTimeOffset.MinValue;

    /// <summary>How many of <paramref name="wanted"/> are within the limit.</summary>
    public int Take(DateTimeOffset now, int wanted)
    {
        if (perSecond == 0)
        {
            return wanted;
        }

        if (now > _at)
        {
            _tokens = Math.Min(perSecond, _tokens + (Math.Min((now - _at).TotalSeconds, 1) * perSecond));
            _at = now;
        }

        var granted = Math.Min(wanted, (int)_tokens);
        _tokens -= granted;
        return granted;
    }
}
