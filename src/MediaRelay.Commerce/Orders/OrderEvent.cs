using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// One thing that happened to an order, as the platform reported it, checked and with its lines in order of number.
/// </summary>
public sealed record OrderEvent(
    OrderId OrderId,
    EventId? EventId,
    OrderKind Kind,
    ImmutableArray<OrderLine> Lines,
    RoomId RoomId,
    ViewerId ViewerId,
    DateTimeOffset OccurredAt,
    ShareCode? ShareCode,
    string? ClickToken)
{
    public const int MaxLines = 200;
    public const int MaxLineNo = 9999;
    public const long MaxQuantity = 1_000_000;
    public const int MaxClickTokenLength = 1024;

    /// <summary>
    /// What tells this event from the order's others: the event id where there is one, else the kind.
    /// </summary>
    public string Key => EventId is { } id ? $"event/{id}" : $"kind/{(int)Kind}";

    /// <summary>Placed or paid: the kinds that make a sale.</summary>
    public bool IsSale => Kind is OrderKind.Placed or OrderKind.Paid;

    /// <summary>Cancelled or refunded: the kinds that take a sale back and wait for it if they come first.</summary>
    public bool IsReversal => Kind is OrderKind.Cancelled or OrderKind.Refunded;
}
