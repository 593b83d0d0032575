using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Version 2. A click up to half an hour before the order makes the room where it was made the traffic; without one it is
/// the room through which the viewer came in. Of a sale the guide has 5 %, traffic of another merchant 10 %, the owner
/// the rest.
/// </summary>
internal sealed class LastTouchPolicy : AttributionPolicy
{
    public const int GuideShare = 500;
    public const int TrafficShare = 1000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    public override int Version => 2;

    public override MerchantId TrafficOf(AttributionRecord record) =>
        record is { ClickedAt: { } clickedAt, CarrierMerchantId: { } carrier } && record.OccurredAt - clickedAt <= Window
            ? carrier
            : record.OriginMerchantId;

    public override ImmutableArray<PolicyShare> Split(AttributionRecord record)
    {
        var shares = ImmutableArray.CreateBuilder<PolicyShare>(3);
        var left = PolicyShare.Whole;
        if (record.GuideId is { } guide)
        {
            shares.Add(new PolicyShare(PolicyParty.Guide, guide.Value, GuideShare));
            left -= GuideShare;
        }

        if (TrafficOf(record) is var traffic && traffic != record.Owner)
        {
            shares.Add(new PolicyShare(PolicyParty.Traffic, traffic.Value, TrafficShare));
            left -= TrafficShare;
        }

        shares.Add(new PolicyShare(PolicyParty.Owner, record.Owner.Value, left));
        return shares.ToImmutable();
    }
}
