namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// The law that money neither appears nor vanishes, for one currency and over everything accepted: what the merchants'
/// ledgers hold, plus what waits for its sale, is what the order events say. The two sides are counted apart from each
/// other.
/// </summary>
public sealed record Conservation(string Currency, long MerchantsMinor, long UnattributedMinor, long TotalMinor)
{
    /// <summary>Must be 0.</summary>
    public long DifferenceMinor => MerchantsMinor + UnattributedMinor - TotalMinor;
}
