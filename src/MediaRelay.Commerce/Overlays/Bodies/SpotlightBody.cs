using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>spotlight</c> <c>{merchantId, itemId|nil}</c>: nil when the merchant shows none.</summary>
public readonly record struct SpotlightBody(MerchantId MerchantId, ItemId? ItemId) : IOverlayBody
{
    public string Type => OverlayTypes.Spotlight;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("merchantId");
        writer.WriteString(MerchantId.Value);
        writer.WriteString("itemId");
        writer.WriteStringOrNil(ItemId?.Value);
    }
}
