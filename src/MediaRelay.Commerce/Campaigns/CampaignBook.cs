using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>All campaigns, and how many take part in each. Not thread-safe.</summary>
internal sealed class CampaignBook
{
    private readonly Dictionary<CampaignKey, Campaign> _campaigns = [];
    private readonly Dictionary<CampaignKey, long> _counts = [];
    private readonly Dictionary<RoomId, List<CampaignKey>> _byRoom = [];
    private readonly Dictionary<CampaignKey, DrawOutcome> _outcomes = [];

    public IEnumerable<Campaign> All => _campaigns.Values;

    public bool TryGet(CampaignKey key, [NotNullWhen(true)] out Campaign? campaign) => _campaigns.TryGetValue(key, out campaign);

    public long Count(CampaignKey key) => _counts.GetValueOrDefault(key);

    public CampaignView View(Campaign campaign) =>
        new(campaign, Count(campaign.Key), _outcomes.GetValueOrDefault(campaign.Key));

    public IEnumerable<Campaign> Of(MerchantId merchant) => _campaigns.Values.Where(campaign => campaign.Key.MerchantId == merchant);

    /// <summary>What a room's viewers are to know of, the newest first.</summary>
    public IEnumerable<Campaign> LiveIn(RoomId room, DateTimeOffset now) =>
        _byRoom.GetValueOrDefault(room, []).Select(key => _campaigns[key]).Where(campaign => campaign.IsLiveAt(now))
            .OrderByDescending(campaign => campaign.OpenedAt);

    public void Set(Campaign campaign)
    {
        var known = _campaigns.GetValueOrDefault(campaign.Key);
        _campaigns[campaign.Key] = campaign;
        foreach (var room in campaign.Rooms.Skip(known?.Rooms.Length ?? 0))
        {
            if (!_byRoom.TryGetValue(room, out var keys))
            {
                _byRoom[room] = keys = [];
            }

            keys.Add(campaign.Key);
        }
    }

    public void Add(in Participation participation) =>
        _counts[participation.Key] = Math.Max(Count(participation.Key), participation.Number);

    public void Set(CampaignKey key, DrawOutcome outcome) => _outcomes[key] = outcome;
}
