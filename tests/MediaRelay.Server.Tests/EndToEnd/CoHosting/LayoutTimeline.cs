using System.Text.Json.Nodes;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// What the overlay channel says of a feed's arrangement over its media time, as a client's page would use it: a tap at a place and a
/// time finds the merchant whose tile lies on top there.
/// </summary>
internal sealed class LayoutTimeline
{
    private readonly List<(long From, string Name, IReadOnlyList<Tile> Tiles)> _changes = [];

    /// <param name="messages">All messages of the channel, the snapshot first.</param>
    /// <param name="near">An unwrapped RTP timestamp of the viewer's: media times are told beside it.</param>
    public LayoutTimeline(IEnumerable<JsonArray> messages, long near)
    {
        foreach (var message in messages)
        {
            if (message[1]!.GetValue<string>() == "snapshot")
            {
                MediaOffset = (uint)message[5]!["mediaOffset"]!.GetValue<long>();
            }
            else if (message[1]!.GetValue<string>() == "layout")
            {
                var from = ToViewerTime(message[4]!.GetValue<long>(), near);
                _changes.Add((from, message[5]!["layout"]!.GetValue<string>(), [.. message[5]!["tiles"]!.AsArray().Select(tile => new Tile(tile!))]));
            }
        }
    }

    /// <summary>What is added to a media time to give an RTP timestamp.</summary>
    public uint MediaOffset { get; }

    public int Count => _changes.Count;

    /// <summary>The arrangement at a time of the viewer's timeline; null before the first.</summary>
    public (string Name, IReadOnlyList<Tile> Tiles)? At(long time)
    {
        var change = _changes.LastOrDefault(change => change.From <= time);
        return change.Tiles is null ? null : (change.Name, change.Tiles);
    }

    /// <summary>The merchant at a place (shares of the picture's size) and time; null where no tile is.</summary>
    public string? FindMerchant(double x, double y, long time) => At(time)?.Tiles
        .Where(tile => x >= tile.X && x < tile.X + tile.Width && y >= tile.Y && y < tile.Y + tile.Height)
        .OrderBy(tile => tile.Z)
        .LastOrDefault()?.MerchantId;

    /// <summary>A media time as the RTP timestamp, unwrapped, nearest to <paramref name="near"/>.</summary>
    private long ToViewerTime(long mediaTime, long near) => near + (int)((uint)(mediaTime + MediaOffset) - (uint)near);

    internal sealed record Tile(string RoomId, string MerchantId, double X, double Y, double Width, double Height, long Z, string Fit)
    {
        public Tile(JsonNode tile)
            : this(
                tile["roomId"]!.GetValue<string>(), tile["merchantId"]!.GetValue<string>(), Number(tile["x"]!), Number(tile["y"]!),
                Number(tile["w"]!), Number(tile["h"]!), tile["z"]!.GetValue<long>(), tile["fit"]!.GetValue<string>())
        {
        }

        private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
