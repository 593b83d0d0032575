using System.Text.Json;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Tests.Campaigns;

/// <summary>
/// Random coupons, bargains and draws of several merchants under the same ids, beside a simple idea of who takes part in which: nothing
/// that is done to one may show in another.
/// </summary>
internal sealed class CampaignModel(SaleNight night, Random random)
{
    // Of each kind and merchant; the same ids for all merchants, so that only the owner tells them apart.
    private const int Ids = 40;

    // The campaigns that are only shown are forgotten in time; they are none of these.
    private static readonly string[] Types = ["coupon", "bargain", "draw"];

    private readonly Dictionary<CampaignKey, List<ViewerId>> _participants = [];
    private readonly Dictionary<CampaignKey, HashSet<RoomId>> _rooms = [];
    private readonly HashSet<CampaignKey> _revealed = [];

    /// <summary>The campaign of which is being told that it ended; null for other news.</summary>
    public CampaignKey? Told { get; set; }

    public int Participations { get; private set; }

    public int Revealed => _revealed.Count;

    /// <summary>Opens, closes or reveals one in a room that shows its merchant.</summary>
    public async Task PublishAsync(RoomId room, MerchantId merchant, string context)
    {
        if (!night.Service.GetRoomShelves(room).Value.Merchants.Any(shelf => shelf.Merchant.Id == merchant))
        {
            return;
        }

        var type = Types[random.Next(Types.Length)];
        var id = $"k{random.Next(Ids)}";
        var action = (type, random.Next(40)) switch { (_, 0) or ("draw", < 8) => "close", ("draw", < 24) => "reveal", _ => "open" };
        var body = JsonDocument.Parse($$"""{"{{type}}Id":"{{id}}","action":"{{action}}","limit":200,"prizes":2,"target":9}""").RootElement;
        var draft = CampaignDraft.Read(type, merchant, body).Value!;
        var outcome = await night.Service.PublishCampaignAsync(night.Now, room, draft);
        if (!outcome.TryGet(out var view, out _))
        {
            return;
        }

        Assert.True(view.Campaign.Key == draft.Key && view.Count == Of(_participants, draft.Key).Count, context);
        if (action == "open")
        {
            Of(_rooms, draft.Key).Add(room);
        }

        if (view.Campaign.State == CampaignState.Revealed)
        {
            _revealed.Add(draft.Key);
        }
    }

    /// <summary>Whether what is being told is the end of a merchant's campaign that the room was shown.</summary>
    public bool IsTold(MerchantId merchant, RoomId room) => Told is { } key && key.MerchantId == merchant && Of(_rooms, key).Contains(room);

    /// <summary>A viewer takes part in one that its room may show or not.</summary>
    public async Task ParticipateAsync(RoomId room, MerchantId merchant, ViewerId viewer, string context)
    {
        var kind = CampaignDraft.KindOf(Types[random.Next(Types.Length)])!.Value;
        var key = new CampaignKey(merchant, kind, $"k{random.Next(Ids)}");
        var shelves = night.Service.GetRoomShelves(room).Value;
        var joined = shelves.CoHost is { } session ? session.Rooms.Select(part => part.RoomId) : [room];
        var isShown = shelves.Merchants.Any(shelf => shelf.Merchant.Id == merchant) && joined.Any(Of(_rooms, key).Contains);
        var answer = (await night.Service.ParticipateAsync(night.Now, room, key, viewer)).Value;
        Assert.True(isShown == (answer.Result != ParticipationResult.Unknown), context);
        var participants = Of(_participants, key);
        if (answer.Result == ParticipationResult.Accepted)
        {
            Assert.False(participants.Contains(viewer), context);
            participants.Add(viewer);
            Participations++;
        }

        if (isShown)
        {
            Assert.True(answer.Count == participants.Count, context);
        }
    }

    /// <summary>Every campaign has those who took part in it, in order, and winners out of them alone.</summary>
    public void CheckAll()
    {
        foreach (var (key, participants) in _participants)
        {
            Assert.Equal(participants, night.Service.ListParticipants(key));
            if (_revealed.Contains(key))
            {
                var entries = participants.Select(viewer => Convert.ToHexString(DrawRules.Entry(key, viewer.Value))).ToHashSet();
                var winners = night.Service.GetCampaign(key).Value.Outcome!.Winners;
                Assert.Equal(Math.Min(2, participants.Count), winners.Length);
                Assert.All(winners, winner => Assert.Contains(Convert.ToHexString(winner.AsSpan()), entries));
            }
        }
    }

    private static T Of<T>(Dictionary<CampaignKey, T> all, CampaignKey key)
        where T : new() => all.TryGetValue(key, out var found) ? found : all[key] = new T();
}
