using MediaRelay.Commerce;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Rows;

internal sealed record CampaignRow(
    string Merchant_id, long Kind, string Campaign_id, long State, string Content, byte[] Seed, long Opened_at)
{
    public CampaignChange ToChange()
    {
        var content = CampaignContent.FromJson(Content);
        return new CampaignChange(
            new Campaign(
                new CampaignKey(MerchantId.Parse(Merchant_id), (CampaignKind)Kind, Campaign_id), (CampaignState)State, content.ToRooms(),
                content.Display, content.ToTerms(), UnixMicros.ToTime(Opened_at), [.. Seed]),
            content.ToOutcome());
    }
}

internal sealed record ParticipationRow(string Merchant_id, long Kind, string Campaign_id, long Number, string Viewer_id, long At)
{
    public ParticipationChange ToChange() => new(new Participation(
        new CampaignKey(MerchantId.Parse(Merchant_id), (CampaignKind)Kind, Campaign_id), Number, ViewerId.Parse(Viewer_id),
        UnixMicros.ToTime(At)));
}

internal sealed record LikesRow(string Room_id, long Likes)
{
    public LikesChange ToChange() => new(RoomId.Parse(Room_id), Likes);
}
