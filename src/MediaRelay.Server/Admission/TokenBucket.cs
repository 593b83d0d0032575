namespace MediaRelay.Server.Admission;

/// <summary>
/// What may happen in a second: a bucket that fills evenly and is full at the beginning; 0 a second is no limit. Not thread-safe.
/// </summary>
internal sealed class TokenBucket
{
    private readonly int _perSecond;
    private readonly double _capacity;
    private double _tokens;
    private DateTimeOffset _at = DateTimeOffset.MinValue;

    /// <summary>A bucket that holds one second's worth.</summary>
    public TokenBucket(int perSecond)
        : this(perSecond, perSecond)
    {
    }

    /// <param name="perSecond">How many; 0 is no limit.</param>
    /// <param name="capacity">How many may come at once.</param>
    public TokenBucket(int perSecond, double capacity)
    {
        _perSecond = perSecond;
        _capacity = capacity;
        _tokens = capacity;
    }

    /// <summary>How many of <paramref name="wanted"/> are within the limit; these are taken.</summary>
    public int Take(DateTimeOffset now, int wanted)
    {
        if (_perSecond == 0)
        {
            return wanted;
        }

        Fill(now);
        var granted = Math.Min(wanted, (int)_tokens);
        _tokens -= granted;
        return granted;
    }

    /// <summary>Whether one more is within the limit.</summary>
    public bool HasOne(DateTimeOffset now)
    {
        Fill(now);
        return _perSecond == 0 || _tokens >= 1;
    }

    /// <summary>How many of a second's worth are taken just now; 0 without a limit.</summary>
    public double Used(DateTimeOffset now)
    {
        Fill(now);
        return _capacity - _tokens;
    }

    private void Fill(DateTimeOffset now)
    {
        if (now > _at)
        {
            _tokens = Math.Min(_capacity, _tokens + ((now - _at).TotalSeconds * _perSecond));
            _at = now;
        }
    }
}
