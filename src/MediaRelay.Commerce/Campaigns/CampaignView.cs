namespace MediaRelay.Commerce.Campaigns;

/// <summary>A campaign with what it has come to.</summary>
/// <param name="Count">Participations.</param>
/// <param name="Outcome">Of a closed or revealed draw; null for others.</param>
public sealed record CampaignView(Campaign Campaign, long Count, DrawOutcome? Outcome = null);
