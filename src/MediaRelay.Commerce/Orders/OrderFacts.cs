using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// Finds the facts of an order line: whose it is, where the viewer came in, what was watched and clicked, whose code it
/// was.
/// </summary>
internal sealed class OrderFacts(
    CommerceState state, ClickTokens clickTokens, LiveMomentSource live, TimeSpan clickWindow)
{
    // The platform's clock and ours differ by a little: an order may seem to come before its click.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>What was to be seen in the order's room when it occurred.</summary>
    public LiveMoment See(DateTimeOffset now, OrderEvent orderEvent) =>
        live(orderEvent.RoomId, OccurredAt(now, orderEvent));

    /// <summary>The order's room must be known.</summary>
    public AttributionRecord Find(
        DateTimeOffset now, OrderEvent orderEvent, OrderLine line, LiveMoment seen, int policyVersion)
    {
        var occurredAt = OccurredAt(now, orderEvent);
        var evidence = Click(occurredAt, orderEvent, line, out var click);
        var isOriginKnown = state.Origins.TryGet(occurredAt, orderEvent.ViewerId, out var touch);
        var originRoomId = isOriginKnown ? touch.RoomId : orderEvent.RoomId;
        if (!state.Catalog.TryGetAnyRoom(originRoomId, out var originRoom))
        {
            throw new InvalidOperationException($"Room {originRoomId} is an origin and unknown.");
        }

        var shareCode = orderEvent.ShareCode ?? click?.ShareCode ?? (isOriginKnown ? touch.ShareCode : null);
        var share = shareCode is { } code && state.ShareCodes.TryResolve(code, out var entry) ? entry : null;
        return new AttributionRecord(
            orderEvent.OrderId,
            line.LineNo,
            line.Item,
            originRoomId,
            originRoom.MerchantId,
            !isOriginKnown,
            orderEvent.RoomId,
            click is null ? state.Catalog.SessionAt(orderEvent.RoomId, occurredAt)?.Id : click.CoHostId,
            shareCode,
            share?.StoreId,
            share?.GuideId,
            share is null ? 0 : state.ShareCodes.Depth(share.Code),
            evidence,
            click?.OverlaySeq,
            click is null ? seen.MediaTime : click.MediaTime,
            policyVersion,
            orderEvent.OccurredAt,
            now,
            click?.OverlayType,
            click?.TileOwner,
            click is null ? seen.Speaker : click.Speaker,
            share is null ? ShareChain.Empty : state.ShareCodes.Chain(share.Code),
            click?.At,
            state.Catalog.TryGetAnyRoom(orderEvent.RoomId, out var carrier) ? carrier.MerchantId : null);
    }

    // A platform clock that runs ahead must not place an order behind its own arrival.
    private static DateTimeOffset OccurredAt(DateTimeOffset now, OrderEvent orderEvent) =>
        orderEvent.OccurredAt < now ? orderEvent.OccurredAt : now;

    // The click counts only for its own item, room and viewer; a token passed on to somebody else proves nothing about
    // that person.
    private ClickEvidence Click(
        DateTimeOffset occurredAt, OrderEvent orderEvent, OrderLine line, out ClickFacts? click)
    {
        click = null;
        if (orderEvent.ClickToken is null)
        {
            return ClickEvidence.None;
        }

        if (!clickTokens.TryVerify(orderEvent.ClickToken, out var facts))
        {
            return ClickEvidence.Forged;
        }

        if (facts.ViewerId != orderEvent.ViewerId)
        {
            return ClickEvidence.OtherViewer;
        }

        if (facts.RoomId != orderEvent.RoomId)
        {
            return ClickEvidence.OtherRoom;
        }

        if (occurredAt - facts.At > clickWindow || facts.At - occurredAt > ClockSkew)
        {
            return ClickEvidence.Expired;
        }

        if (facts.Item != line.Item)
        {
            return facts.Item.MerchantId == line.Item.MerchantId ? ClickEvidence.OtherItem : ClickEvidence.OtherOwner;
        }

        click = facts;
        return ClickEvidence.Genuine;
    }
}
