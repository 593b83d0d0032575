namespace MediaRelay.Commerce.Campaigns;

/// <summary>
/// Which bargains' progress is to be told: however many help, five times a second at most, and what is told is the total of that moment.
/// Thread-safe.
/// </summary>
public sealed class BargainTeller
{
    public const long IntervalMicros = UnixMicros.PerSecond / 5;

    private readonly Lock _gate = new();
    private readonly HashSet<CampaignKey> _waiting = [];
    private readonly Dictionary<CampaignKey, long> _toldAt = [];

    /// <summary>Some progress is not told yet.</summary>
    public bool HasWaiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0;
            }
        }
    }

    /// <summary>Somebody helped.</summary>
    public void Note(CampaignKey key)
    {
        lock (_gate)
        {
            _waiting.Add(key);
        }
    }

    /// <summary>The bargains that are to be told now.</summary>
    public IReadOnlyList<CampaignKey> TakeDue(long nowMicros)
    {
        lock (_gate)
        {
            // What was told longer ago says nothing about when the next may be; so this holds a handful.
            foreach (var old in _toldAt.Where(told => told.Value + IntervalMicros <= nowMicros).Select(told => told.Key).ToList())
            {
                _toldAt.Remove(old);
            }

            var due = _waiting.Where(key => !_toldAt.ContainsKey(key)).ToList();
            foreach (var key in due)
            {
                _waiting.Remove(key);
                _toldAt[key] = nowMicros;
            }

            return due;
        }
    }
}
