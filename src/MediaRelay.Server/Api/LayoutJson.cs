using System.Text.Json;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api;

/// <summary>A layout in JSON: a name, or an object with tiles.</summary>
internal static class LayoutJson
{
    /// <summary>The layout, or null when there is none; false with a 400 when it is neither a name nor tiles.</summary>
    public static bool TryRead(JsonElement? json, out CoHostLayout? layout, out ProblemResult? problem)
    {
        layout = null;
        problem = null;
        switch (json?.ValueKind)
        {
            case null or JsonValueKind.Null or JsonValueKind.Undefined:
                return true;
            case JsonValueKind.String:
                var named = CoHostLayout.Named(json.Value.GetString());
                problem = named.Problem?.ToResult();
                layout = named.IsSuccess ? named.Value : null;
                return problem is null;
            case JsonValueKind.Object:
                return TryReadTiles(json.Value, out layout, out problem);
            default:
                problem = HttpProblem.BadRequest("layout", json.Value.ValueKind.ToString(), CoHostLayout.AllowedNames);
                return false;
        }
    }

    public static JsonElement Write(CoHostLayout layout) => layout.IsCustom
        ? JsonSerializer.SerializeToElement(
            new LayoutTilesResponse([.. layout.Tiles.Select(tile => new LayoutTileResponse(
                tile.RoomId.Value, tile.X, tile.Y, tile.Width, tile.Height, tile.Z, tile.IsContained ? "contain" : "cover"))]),
            ApiJson.Default.LayoutTilesResponse)
        : JsonSerializer.SerializeToElement(layout.Name, ApiJson.Default.String);

    private static bool TryReadTiles(JsonElement json, out CoHostLayout? layout, out ProblemResult? problem)
    {
        layout = null;
        LayoutTilesRequest? request;
        try
        {
            request = json.Deserialize(ApiJson.Default.LayoutTilesRequest);
        }
        catch (JsonException malformed)
        {
            problem = HttpProblem.BadRequest($"layout{malformed.Path?[1..]}", "of another type", "the type that the API describes");
            return false;
        }

        if (request?.Tiles is not { } given)
        {
            problem = HttpProblem.BadRequest("layout.tiles", null, CoHostLayout.AllowedNames);
            return false;
        }

        var tiles = new List<LayoutTile>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            if (!TryReadTile(given[i], $"layout.tiles[{i}]", out var tile, out problem))
            {
                return false;
            }

            tiles.Add(tile);
        }

        var outcome = CoHostLayout.Of(tiles);
        problem = outcome.Problem?.ToResult();
        layout = outcome.IsSuccess ? outcome.Value : null;
        return problem is null;
    }

    private static bool TryReadTile(LayoutTileRequest? given, string path, out LayoutTile tile, out ProblemResult? problem)
    {
        tile = null!;
        problem = null;
        if (given is not { X: { } x, Y: { } y, W: { } width, H: { } height })
        {
            problem = HttpProblem.BadRequest(path, null, "{roomId, x, y, w, h, z?, fit?}");
        }
        else if (!RoomId.TryParse(given.RoomId, out var roomId))
        {
            problem = HttpProblem.BadRequest(path + ".roomId", given.RoomId, Identifier.Allowed);
        }
        else if (given.Fit is not (null or "cover" or "contain"))
        {
            problem = HttpProblem.BadRequest(path + ".fit", given.Fit, "cover, contain");
        }
        else
        {
            tile = new LayoutTile(roomId, x, y, width, height, given.Z ?? 0, given.Fit == "contain");
        }

        return problem is null;
    }
}
