using System.Text.Json;
using System.Text.Json.Serialization;
using MediaRelay.Commerce;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Storage.Rows;

/// <summary>The parts of a co-host session that are lists, as they are kept in one column.</summary>
internal sealed record CoHostContent(
    IReadOnlyList<CoHostContent.RoomPart> Rooms,
    string Layout,
    IReadOnlyList<CoHostContent.TilePart> Tiles,
    IReadOnlyList<CoHostContent.ConsentPart> Consents,
    CoHostContent.StepPart? Step = null)
{
    public static CoHostContent Of(CoHostSession session) => new(
        [.. session.Rooms.Select(room => new RoomPart(room.RoomId.Value, room.MerchantId.Value))],
        session.Layout.Name,
        [.. session.Layout.Tiles.Select(tile => new TilePart(
            tile.RoomId.Value, tile.X, tile.Y, tile.Width, tile.Height, tile.Z, tile.IsContained))],
        [.. session.Consents.Select(consent => new ConsentPart(consent.MerchantId.Value, UnixMicros.Of(consent.At), consent.IsByPlatform))],
        session.LastStep is { } step ? new StepPart(UnixMicros.Of(step.At), step.MediaTime, step.Hash) : null);

    public static CoHostContent FromJson(string json) =>
        JsonSerializer.Deserialize(
            json,
            CoHostContentContext.Default.CoHostContent) ?? throw new JsonException("The co-host content is null.");

    public CoHostStep? ToStep() => Step is null ? null : new CoHostStep(UnixMicros.ToTime(Step.At), Step.MediaTime, Step.Hash);

    public string ToJson() => JsonSerializer.Serialize(this, CoHostContentContext.Default.CoHostContent);

    public CoHostLayout ToLayout() => Tiles.Count == 0
        ? CoHostLayout.Named(Layout).Value
        : CoHostLayout.Of([.. Tiles.Select(tile => new LayoutTile(
            RoomId.Parse(tile.RoomId), tile.X, tile.Y, tile.Width, tile.Height, tile.Z, tile.IsContained))]).Value;

    internal sealed record RoomPart(string RoomId, string MerchantId);

    internal sealed record TilePart(
        string RoomId, double X, double Y, double Width, double Height, int Z, bool IsContained);

    internal sealed record ConsentPart(string MerchantId, long At, bool IsByPlatform);

    internal sealed record StepPart(long At, long? MediaTime, string Hash);
}

/// <summary>Generated serializer.</summary>
[JsonSerializable(typeof(CoHostContent))]
internal sealed partial class CoHostContentContext : JsonSerializerContext;
