namespace MediaRelay.Commerce.Campaigns;

/// <summary>The figures of a campaign that the relay goes by; those that its kind does not have are null.</summary>
/// <param name="StartAt">From when on viewers can take part; null = at once.</param>
/// <param name="EndAt">Up to when, exclusive; null = until it is closed.</param>
/// <param name="Limit">Of a coupon: how many can be claimed; null = as many as want one.</param>
/// <param name="Target">Of a bargain: with so many helpers the price is at its floor.</param>
/// <param name="StartMinor">Of a bargain: the price without helpers, in minor units.</param>
/// <param name="FloorMinor">Of a bargain: the lowest price, in minor units.</param>
/// <param name="Prizes">Of a draw: how many entries win.</param>
public sealed record CampaignTerms(
    DateTimeOffset? StartAt = null, DateTimeOffset? EndAt = null, long? Limit = null, long? Target = null, long? StartMinor = null,
    long? FloorMinor = null, int? Prizes = null)
{
    /// <summary>
    /// A bargain's price with so many helpers: from <see cref="StartMinor"/> down to <see cref="FloorMinor"/> in equal steps, rounded up
    /// to the minor unit; null for a bargain without prices.
    /// </summary>
    public long? PriceAt(long helpers)
    {
        if (StartMinor is not { } start || FloorMinor is not { } floor || Target is not { } target)
        {
            return null;
        }

        // In 128 bits: prices go up to 2^53 and helpers to a million.
        var fallen = (Int128)(start - floor) * Math.Min(helpers, target) / target;
        return start - (long)fallen;
    }
}
