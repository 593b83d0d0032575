namespace MediaRelay.Commerce.Campaigns;

/// <summary>How far a campaign is. The numbers are kept in stores.</summary>
public enum CampaignState
{
    Open = 0,

    /// <summary>Nobody can take part any more; it never opens again.</summary>
    Closed = 1,

    /// <summary>Of a draw: the seed is out, and with it the winners.</summary>
    Revealed = 2,
}
