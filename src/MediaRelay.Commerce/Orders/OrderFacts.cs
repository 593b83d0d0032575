using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// Finds the facts of an order line: whose it is, where the viewer came in, what was watched and clicked, whose code it
/// was.
/// </summary>
internal sealed class OrderFacts(CommerceState state, ClickTokens clickTokens, MediaTimeSource mediaTime)
{
    /// <summary>The order's room must be known.</summary>
    public AttributionRecord Find(DateTimeOffset now, OrderEvent orderEvent, OrderLine line, int policyVersion)
    {
        // A platform clock that runs ahead must not place an order behind its own arrival.
        var occurredAt = orderEvent.OccurredAt < now ? orderEvent.OccurredAt : now;
        var evidence = Click(orderEvent, line, out var click);
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
            click is null ? mediaTime(orderEvent.RoomId, occurredAt) : click.MediaTime,
            policyVersion,
            orderEvent.OccurredAt,
            now);
    }

    // The click counts only for its own item, room and viewer; a token passed on to somebody else proves nothing about
    // that person.
    private ClickEvidence Click(OrderEvent orderEvent, OrderLine line, out ClickFacts? click)
    {
        click = null;
        if (orderEvent.ClickToken is null)
        {
            return ClickEvidence.None;
        }

        if (!clickTokens.TryVerify(orderEvent.ClickToken, out var facts) || facts.ViewerId != orderEvent.ViewerId
            || facts.RoomId != orderEvent.RoomId)
        {
            return ClickEvidence.Invalid;
        }

        if (facts.Item != line.Item)
        {
            return ClickEvidence.OtherItem;
        }

        click = facts;
        return ClickEvidence.Genuine;
    }
}
