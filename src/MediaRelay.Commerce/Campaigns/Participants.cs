using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>Who takes part in which campaign, in order. Not thread-safe.</summary>
internal sealed class Participants
{
    private readonly Dictionary<CampaignKey, Roll> _rolls = [];

    public long Count(CampaignKey key) => _rolls.TryGetValue(key, out var roll) ? roll.InOrder.Count : 0;

    /// <summary>A viewer's number; 0 when it takes no part.</summary>
    public long NumberOf(CampaignKey key, ViewerId viewer) =>
        _rolls.TryGetValue(key, out var roll) && roll.Numbers.TryGetValue(viewer, out var number) ? number : 0;

    public IReadOnlyList<ViewerId> InOrder(CampaignKey key) => _rolls.TryGetValue(key, out var roll) ? roll.InOrder : [];

    public void Add(in Participation participation)
    {
        if (!_rolls.TryGetValue(participation.Key, out var roll))
        {
            _rolls[participation.Key] = roll = new Roll();
        }

        if (roll.Numbers.TryAdd(participation.ViewerId, participation.Number))
        {
            roll.InOrder.Add(participation.ViewerId);
        }
    }

    private sealed class Roll
    {
        public Dictionary<ViewerId, long> Numbers { get; } = [];

        public List<ViewerId> InOrder { get; } = [];
    }
}
