namespace MediaRelay.Commerce.Orders;

/// <summary>What the platform says happened to an order. Stored as numbers: never renumber.</summary>
public enum OrderKind
{
    /// <summary>Ordered; the first of placed and paid makes the sale.</summary>
    Placed = 1,

    /// <summary>Paid.</summary>
    Paid = 2,

    /// <summary>Taken back before delivery, wholly or in part.</summary>
    Cancelled = 3,

    /// <summary>Money given back, wholly or in part.</summary>
    Refunded = 4,

    /// <summary>A coupon or order honoured in a store.</summary>
    Redeemed = 5,
}
