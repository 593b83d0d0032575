using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Which ledgers' heads are to be signed when: after so many entries, or when the first entry behind the last checkpoint
/// has waited long enough. Not thread-safe.
/// </summary>
internal sealed class CheckpointSchedule(int entries, TimeSpan interval)
{
    private readonly Dictionary<MerchantId, LedgerCheckpoint> _last = [];

    // Merchants with entries behind their last checkpoint, and when those are to be covered at the latest.
    private readonly Dictionary<MerchantId, DateTimeOffset> _due = [];

    /// <summary>When the next one is due; null for never.</summary>
    public DateTimeOffset? Next { get; private set; }

    public LedgerCheckpoint? Last(MerchantId merchant) => _last.GetValueOrDefault(merchant);

    public void Add(LedgerEntry entry)
    {
        var isFull = entry.Seq - (_last.GetValueOrDefault(entry.MerchantId)?.Seq ?? 0) >= entries;
        if (isFull)
        {
            Set(entry.MerchantId, entry.At);
        }
        else if (!_due.ContainsKey(entry.MerchantId))
        {
            Set(entry.MerchantId, entry.At + interval);
        }
    }

    /// <summary>A ledger as it was found: what is not covered was not signed in time.</summary>
    public void Restore(LedgerHead head)
    {
        if (head.Seq > (_last.GetValueOrDefault(head.MerchantId)?.Seq ?? 0))
        {
            Set(head.MerchantId, DateTimeOffset.MinValue);
        }
    }

    public void Add(LedgerCheckpoint checkpoint)
    {
        _last[checkpoint.MerchantId] = checkpoint;
        _due.Remove(checkpoint.MerchantId);
        Next = _due.Count == 0 ? null : _due.Values.Min();
    }

    /// <summary>Merchants whose heads are to be signed now.</summary>
    public IReadOnlyList<MerchantId> DueAt(DateTimeOffset now, int limit) =>
        Next > now ? [] : [.. _due.Where(pair => pair.Value <= now).Select(pair => pair.Key).Order().Take(limit)];

    private void Set(MerchantId merchant, DateTimeOffset due)
    {
        _due[merchant] = due;
        Next = Next is { } next && next < due ? next : due;
    }
}
