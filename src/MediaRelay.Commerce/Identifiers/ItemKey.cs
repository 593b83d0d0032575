namespace MediaRelay.Commerce.Identifiers;

/// <summary>
/// A product's identity: its owner and its id there. The owner is part of it, so nothing can infer it from the room
/// where the product is shown.
/// </summary>
public readonly record struct ItemKey(MerchantId MerchantId, ItemId ItemId)
{
    public override string ToString() => $"{MerchantId}/{ItemId}";
}
