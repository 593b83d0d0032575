using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>One viewer's taking part in a campaign: a claim, an entry, a help. Each viewer has one at most.</summary>
/// <param name="Number">Counts a campaign's participations from 1.</param>
public readonly record struct Participation(CampaignKey Key, long Number, ViewerId ViewerId, DateTimeOffset At);
