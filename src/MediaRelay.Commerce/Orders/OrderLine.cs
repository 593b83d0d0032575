using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>One line of an order; (order id, line number) is its identity.</summary>
/// <param name="Quantity">Pieces: 1 or more; 0 only in a cancel or refund that is about money alone.</param>
/// <param name="Amount">For the whole line, not for a piece.</param>
public sealed record OrderLine(int LineNo, ItemKey Item, long Quantity, Money Amount);
