namespace MediaRelay.Commerce.Campaigns;

/// <summary>What is to become of a campaign.</summary>
public enum CampaignAction
{
    /// <summary>It begins, or is shown again (with other words, or in another room).</summary>
    Open,

    /// <summary>Nobody can take part any more.</summary>
    Close,

    /// <summary>Of a closed draw: the seed becomes known, and with it the winners.</summary>
    Reveal,
}
