using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>clickToken</c> <c>{token, merchantId, itemId}</c>: the answer to a click.</summary>
public readonly record struct ClickTokenBody(string Token, ItemKey Item) : IOverlayBody
{
    public string Type => OverlayTypes.ClickToken;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(3);
        writer.WriteString("token");
        writer.WriteString(Token);
        writer.WriteString("merchantId");
        writer.WriteString(Item.MerchantId.Value);
        writer.WriteString("itemId");
        writer.WriteString(Item.ItemId.Value);
    }
}
