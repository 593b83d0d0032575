namespace MediaRelay.Commerce.Orders;

/// <summary>How far an <see cref="OrderCache"/> had come at one moment.</summary>
/// <param name="Looks">How many orders it had looked at to make room.</param>
/// <param name="Waiting">How many stood in line to leave.</param>
/// <param name="FormerOwners">How many event ids of orders that left it had seen.</param>
internal readonly record struct OrderCacheMark(long Looks, int Waiting, long FormerOwners);
