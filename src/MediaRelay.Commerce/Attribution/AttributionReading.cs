using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Attribution;

/// <summary>Finds what a click in a room means, by what the room shows, and what was found for an order's lines. Thread-safe.</summary>
internal sealed class AttributionReading(CommercePipeline pipeline)
{
    /// <summary>See <see cref="CommerceService.DescribeClick"/>.</summary>
    public Outcome<ClickFacts> Describe(
        DateTimeOffset now, RoomId roomId, ViewerId viewerId, ItemKey item, (long Seq, string? Type)? overlay, LiveMoment seen,
        MerchantId? tileOwner)
    {
        if (!Shelves(roomId).TryGet(out var shelves, out var problem))
        {
            return problem;
        }

        if (shelves.Merchants.FirstOrDefault(
            merchant => merchant.Merchant.Id == item.MerchantId)?.Shelf.Find(item.ItemId) is null)
        {
            return Problem.Unprocessable($"Room '{roomId}' does not show {item}.", "itemId", item.ToString());
        }

        var shareCode = pipeline.Read(
            core => core.State.Origins.TryGet(now, viewerId, out var touch) ? touch.ShareCode : null);
        return new ClickFacts(
            roomId, item, viewerId, shelves.CoHost?.Id, shareCode, overlay?.Seq, seen.MediaTime,
            UnixMicros.Truncate(now), overlay?.Type, tileOwner, seen.Speaker);
    }

    /// <summary>See <see cref="CommerceService.ReadAttributionAsync"/>.</summary>
    public async Task<Outcome<ImmutableArray<AttributionRecord>>> ReadAsync(
        MerchantId id, OrderId orderId, CancellationToken cancellationToken)
    {
        var stored = await pipeline.Store.ReadOrderAsync(orderId, null, cancellationToken);
        var own = stored.Records.Where(record => record.Owner == id).OrderBy(record => record.LineNo).ToImmutableArray();
        return own.IsEmpty ? Problem.NotFound("order of this merchant", orderId) : own;
    }

    private Outcome<RoomShelves> Shelves(RoomId id) => pipeline.View<Outcome<RoomShelves>>(catalog =>
        catalog.TryGetRoom(id, out var room) ? catalog.ShelvesIn(room) : Problem.NotFound("room", id));
}
