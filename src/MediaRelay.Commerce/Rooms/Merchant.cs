using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Rooms;

/// <summary>A merchant and the name that viewers see.</summary>
public sealed record Merchant(MerchantId Id, string Name)
{
    public const int MaxNameLength = 200;
}
