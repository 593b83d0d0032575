using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// What the relay saw of a room's feed at one time. It comes from outside of what commerce keeps, so it is recorded with
/// the event that it was asked for, and a replay takes it from there.
/// </summary>
/// <param name="MediaTime">Unwrapped 90 kHz; null when the feed did not run then.</param>
/// <param name="Speaker">Whose host was speaking; null when that is not known.</param>
public readonly record struct LiveMoment(long? MediaTime, MerchantId? Speaker)
{
    /// <summary>Nothing was seen.</summary>
    public static LiveMoment Unseen => default;
}
