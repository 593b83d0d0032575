using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>purchase</c> <c>{merchantId, itemId, title, quantity, amountMinor, currency, originRoomId}</c>.
/// </summary>
public readonly record struct PurchaseBody(Purchase Purchase) : IOverlayBody
{
    public string Type => OverlayTypes.Purchase;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(7);
        writer.WriteString("merchantId");
        writer.WriteString(Purchase.Item.MerchantId.Value);
        WriteRest(writer, Purchase);
    }

    internal static void WriteRest(MessagePackWriter writer, Purchase purchase)
    {
        writer.WriteString("itemId");
        writer.WriteString(purchase.Item.ItemId.Value);
        writer.WriteString("title");
        writer.WriteString(purchase.Title);
        writer.WriteString("quantity");
        writer.WriteInteger(purchase.Quantity);
        writer.WriteString("amountMinor");
        writer.WriteInteger(purchase.Amount.Minor);
        writer.WriteString("currency");
        writer.WriteString(purchase.Amount.Currency);
        writer.WriteString("originRoomId");
        writer.WriteString(purchase.OriginRoomId.Value);
    }
}
