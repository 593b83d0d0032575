namespace MediaRelay.Commerce.Campaigns;

/// <summary>What a merchant runs for a while in its rooms. The numbers are kept in stores.</summary>
public enum CampaignKind
{
    /// <summary>Claimed once by each viewer, as long as there are any.</summary>
    Coupon = 0,

    /// <summary>A price from one instant to another, the same for all viewers.</summary>
    FlashSale = 1,

    /// <summary>A price that falls with every viewer who helps.</summary>
    Bargain = 2,

    /// <summary>A prize draw by commit and reveal.</summary>
    Draw = 3,
}
