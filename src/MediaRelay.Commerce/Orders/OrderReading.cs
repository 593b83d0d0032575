using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Orders;

/// <summary>What memory knew of an order before it was decided on, and what the store is asked for besides.</summary>
/// <param name="Core">The memory that was asked; a newer one makes the reading worthless.</param>
/// <param name="WasKnown">The order was in memory: if it is no longer there, it has to be read anew.</param>
/// <param name="Stored">What the store says; null when memory knew everything.</param>
internal sealed record OrderReading(CommerceCore Core, OrderCacheMark Mark, bool WasKnown, Task<StoredOrder>? Stored);
