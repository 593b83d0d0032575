using System.Globalization;
using System.Text.Json.Nodes;
using MediaRelay.Client.Platform;

namespace MediaRelay.SaleNight;

/// <summary>
/// Orders of viewers of both rooms, every second or two, with lines of either merchant; most are paid a moment later, some of these
/// refunded.
/// </summary>
internal sealed class OrderFlow
{
    private static readonly TimeSpan Bought = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Regretted = TimeSpan.FromSeconds(8);

    private readonly IReadOnlyList<Seller> _sellers;
    private readonly IReadOnlyList<Audience> _audiences;
    private readonly PlatformClient _platform;
    private readonly NightLog _log;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly PriorityQueue<Event, DateTimeOffset> _later = new();

    // So that nights on one database have orders of their own.
    private readonly string _prefix;
    private int _count;

    public OrderFlow(
        IReadOnlyList<Seller> sellers,
        IReadOnlyList<Audience> audiences,
        PlatformClient platform,
        NightLog log,
        TimeProvider time,
        Random random)
    {
        _sellers = sellers;
        _audiences = audiences;
        _platform = platform;
        _log = log;
        _time = time;
        _random = random;
        _prefix = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    }

    /// <summary>Both rooms are joined: viewers of each see both shelves.</summary>
    public bool IsCoHosted { get; set; }

    /// <summary>Order events that were accepted.</summary>
    public int Accepted { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var next = _time.GetUtcNow();
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = _time.GetUtcNow();
            if (now >= next)
            {
                next = now + TimeSpan.FromMilliseconds(_random.Next(1_000, 2_000));
                await PlaceAsync(now, cancellationToken);
            }

            while (_later.TryPeek(out var due, out var at) && at <= now)
            {
                _later.Dequeue();
                await ReportAsync(due, cancellationToken);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellationToken);
        }
    }

    private async Task PlaceAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var room = _random.Next(_sellers.Count);
        var lines = new List<Line> { PickLine(IsCoHosted && _random.Next(2) == 0 ? 1 - room : room) };
        if (IsCoHosted && _random.Next(4) == 0)
        {
            lines.Add(PickLine(_sellers[room] == lines[0].Seller ? 1 - room : room));
        }

        var viewers = _audiences[room].ViewerIds;
        var placed = new Event(
            $"night-{_prefix}-{++_count}", "placed", _sellers[room].Id, viewers[_random.Next(viewers.Count)], lines);
        if (!await ReportAsync(placed, cancellationToken))
        {
            return;
        }

        foreach (var line in lines)
        {
            await TakeFromShelfAsync(line, cancellationToken);
        }

        if (_random.Next(5) > 0)
        {
            _later.Enqueue(placed with { Kind = "paid" }, now + Bought);
            if (_random.Next(8) == 0)
            {
                _later.Enqueue(placed with { Kind = "refunded" }, now + Regretted);
            }
        }
    }

    private Line PickLine(int seller)
    {
        var items = _sellers[seller].Items;
        var index = _random.Next(items.Count);
        return new Line(_sellers[seller], items[index], index, _random.Next(1, 4));
    }

    private async Task TakeFromShelfAsync(Line line, CancellationToken cancellationToken)
    {
        line.Item.Sell(line.Quantity);
        var problem = await _platform.PutItemAsync(line.Seller.Id, line.Item.Id, line.Item.ToJson(line.Position), cancellationToken);
        _log.Check($"Stock of {line.Item.Title}", problem);
    }

    private async Task<bool> ReportAsync(Event order, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["orderId"] = order.OrderId,
            ["lines"] = new JsonArray([.. order.Lines.Select((line, index) => (JsonNode)line.ToJson(index))]),
            ["roomId"] = order.RoomId,
            ["viewerId"] = order.ViewerId,
            ["kind"] = order.Kind,
            ["occurredAt"] = _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        if (!_log.Check($"Order {order.OrderId} {order.Kind}", await _platform.PostOrderAsync(body, cancellationToken)))
        {
            return false;
        }

        Accepted++;
        var what = string.Join(" + ", order.Lines.Select(line => $"{line.Quantity} × {line.Item.Title} ({line.Seller.Name})"));
        _log.Say($"order {order.Kind,-8} in {order.RoomId}: {what}");
        return true;
    }

    private sealed record Line(Seller Seller, Item Item, int Position, int Quantity)
    {
        public JsonObject ToJson(int lineNo) => new()
        {
            ["lineNo"] = lineNo,
            ["merchantId"] = Seller.Id,
            ["itemId"] = Item.Id,
            ["quantity"] = Quantity,
            ["amountMinor"] = Item.PriceMinor * Quantity,
            ["currency"] = Item.Currency,
        };
    }

    private sealed record Event(string OrderId, string Kind, string RoomId, string ViewerId, IReadOnlyList<Line> Lines);
}
