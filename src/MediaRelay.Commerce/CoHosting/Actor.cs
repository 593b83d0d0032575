using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>Who asks for a step: the platform, which may act for every merchant, or one merchant.</summary>
public readonly record struct Actor(MerchantId? Merchant)
{
    public static readonly Actor Platform = new((MerchantId?)null);

    public bool IsPlatform => Merchant is null;

    public override string ToString() => Merchant is { } merchant ? $"merchant {merchant}" : "platform";
}
