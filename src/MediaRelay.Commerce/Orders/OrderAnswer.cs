using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// The answer to a reported event. A repeat gets the same one, with <see cref="IsRepeat"/> set.
/// </summary>
/// <param name="IsWaiting">
/// A cancel or refund that came before its sale: nothing is recorded yet, so there are no records.
/// </param>
/// <param name="Records">One per line of the event, in order of line number.</param>
public sealed record OrderAnswer(
    OrderId OrderId, EventId? EventId, OrderKind Kind, bool IsWaiting, ImmutableArray<AttributionRecord> Records,
    bool IsRepeat);
