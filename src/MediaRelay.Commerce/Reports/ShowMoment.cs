using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Reports;

/// <summary>Something that was shown from a time on.</summary>
/// <param name="Kind">One of <see cref="ShowMomentKinds"/>.</param>
/// <param name="Subject">What: an item, an overlay's number, a session, a layout; empty for nothing.</param>
/// <param name="MerchantId">Whose it is; null for what all in the picture share.</param>
/// <param name="Detail">In words of the API: an overlay's type, a session's state, the rooms.</param>
/// <param name="MediaTime">90 kHz on the room's feed.</param>
public sealed record ShowMoment(
    ShowId ShowId, DateTimeOffset At, string Kind, string Subject, MerchantId? MerchantId, string Detail, long? MediaTime);
