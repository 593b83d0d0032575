using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>All campaigns, and how many take part in each. Not thread-safe.</summary>
internal sealed class CampaignBook
{
    private readonly Dictionary<CampaignKey, Campaign> _campaigns = [];
    private readonly Dictionary<CampaignKey, long> _counts = [];
    private readonly Dictionary<CampaignKey, DrawOutcome> _outcomes = [];

    // Unfinished ones only, in the order of opening.
    private readonly Dictionary<RoomId, List<CampaignKey>> _byRoom = [];
    private readonly Dictionary<MerchantId, List<CampaignKey>> _byMerchant = [];
    private readonly Dictionary<MerchantId, List<CampaignKey>> _idle = [];

    public bool TryGet(CampaignKey key, [NotNullWhen(true)] out Campaign? campaign) => _campaigns.TryGetValue(key, out campaign);

    public long Count(CampaignKey key) => _counts.GetValueOrDefault(key);

    public CampaignView View(Campaign campaign) =>
        new(campaign, Count(campaign.Key), _outcomes.GetValueOrDefault(campaign.Key));

    /// <summary>A merchant's campaigns that are not finished and in which somebody takes part, or draws.</summary>
    public int CountBusy(MerchantId merchant) =>
        _byMerchant.GetValueOrDefault(merchant, []).Count - _idle.GetValueOrDefault(merchant, []).Count;

    /// <summary>A merchant's unfinished campaigns, the oldest first.</summary>
    public IEnumerable<Campaign> Unfinished(MerchantId merchant) =>
        _byMerchant.GetValueOrDefault(merchant, []).Select(key => _campaigns[key]);

    /// <summary>A merchant's open campaigns in which nobody takes part, the oldest first; draws are none of them.</summary>
    public IReadOnlyList<CampaignKey> Idle(MerchantId merchant) => _idle.GetValueOrDefault(merchant, []);

    /// <summary>What a room's viewers are to know of, the newest first.</summary>
    public IEnumerable<Campaign> LiveIn(RoomId room, DateTimeOffset now) =>
        _byRoom.GetValueOrDefault(room, []).AsEnumerable().Reverse().Select(key => _campaigns[key]).Where(campaign => campaign.IsLiveAt(now));

    public void Set(Campaign campaign)
    {
        var key = campaign.Key;
        _campaigns[key] = campaign;
        if (!campaign.IsUnfinished)
        {
            Leave(campaign);
            return;
        }

        Enter(_byMerchant, key.MerchantId, key);
        foreach (var room in campaign.Rooms)
        {
            Enter(_byRoom, room, key);
        }

        if (key.Kind != CampaignKind.Draw && Count(key) == 0)
        {
            Enter(_idle, key.MerchantId, key);
        }
    }

    public void Set(CampaignKey key, DrawOutcome outcome) => _outcomes[key] = outcome;

    public void Add(in Participation participation)
    {
        _counts[participation.Key] = Math.Max(Count(participation.Key), participation.Number);
        _idle.GetValueOrDefault(participation.Key.MerchantId)?.Remove(participation.Key);
    }

    public void Forget(CampaignKey key)
    {
        if (_campaigns.Remove(key, out var campaign))
        {
            Leave(campaign);
        }
    }

    private void Leave(Campaign campaign)
    {
        _byMerchant.GetValueOrDefault(campaign.Key.MerchantId)?.Remove(campaign.Key);
        _idle.GetValueOrDefault(campaign.Key.MerchantId)?.Remove(campaign.Key);
        foreach (var room in campaign.Rooms)
        {
            _byRoom.GetValueOrDefault(room)?.Remove(campaign.Key);
        }
    }

    private static void Enter<TKey>(Dictionary<TKey, List<CampaignKey>> lists, TKey at, CampaignKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(at, out var list))
        {
            lists[at] = list = [];
        }

        if (!list.Contains(key))
        {
            list.Add(key);
        }
    }
}
