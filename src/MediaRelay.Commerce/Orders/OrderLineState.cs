using MediaRelay.Commerce.Attribution;

namespace MediaRelay.Commerce.Orders;

/// <summary>Where one line of an order stands.</summary>
internal sealed class OrderLineState(AttributionRecord record)
{
    /// <summary>The facts, found once.</summary>
    public AttributionRecord Record { get; } = record;

    /// <summary>The line as it was sold; null while only a redemption is known.</summary>
    public OrderLine? Sold { get; private set; }

    /// <summary>When the platform says it was sold; the default value while it is not.</summary>
    public DateTimeOffset SoldAt { get; private set; }

    /// <summary>Pieces cancelled and refunded so far.</summary>
    public long TakenBackQuantity { get; set; }

    /// <summary>Money cancelled and refunded so far, in the sale's currency.</summary>
    public long TakenBackMinor { get; set; }

    /// <summary>Takes the first sale; placed and paid tell the same one twice.</summary>
    public void Sell(OrderLine line, DateTimeOffset occurredAt)
    {
        if (Sold is null)
        {
            (Sold, SoldAt) = (line, occurredAt);
        }
    }
}
