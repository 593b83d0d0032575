using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>purchase</c> <c>{merchantId, items:[{itemId, title, quantity, amountMinor, currency, originRoomId}, …]}</c>.
/// </summary>
public readonly record struct PurchaseBundleBody(PurchaseBundle Bundle) : IOverlayBody
{
    public string Type => OverlayTypes.Purchase;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("merchantId");
        writer.WriteString(Bundle.MerchantId.Value);
        writer.WriteString("items");
        writer.WriteArrayHeader(Bundle.Purchases.Count);
        foreach (var purchase in Bundle.Purchases)
        {
            writer.WriteMapHeader(6);
            PurchaseBody.WriteRest(writer, purchase);
        }
    }
}
