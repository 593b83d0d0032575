using System.Globalization;
using System.Text.Json.Nodes;
using MediaRelay.LoadGenerator.Crowds;
using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>
/// Makes the order events of a sale night: of all, 10 % are repeated, 3 % cancel what was sold and 1 % name a wrong owner. One thread.
/// </summary>
internal sealed class OrderMix
{
    private const double RepeatedShare = 0.10;
    private const double CancelledShare = 0.03;
    private const double WrongOwnerShare = 0.01;
    private const long PriceMinor = 9_900;

    // What was accepted lately and may be repeated or cancelled.
    private const int MostRemembered = 1_000;

    private readonly RoomPlan _plan;
    private readonly bool _sparesLargest;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private readonly Queue<JsonObject> _sold = new();
    private int _count;

    /// <param name="prefix">So that runs on one database have orders of their own.</param>
    /// <param name="sparesLargest">No orders in the largest room, and as many in each of the others.</param>
    public OrderMix(RoomPlan plan, string prefix, Random random, TimeProvider time, bool sparesLargest = false)
    {
        _sparesLargest = sparesLargest;
        _plan = plan;
        _prefix = prefix;
        _random = random;
        _time = time;
    }

    /// <summary>The item on the shelf of the merchant of a room; a merchant has the name of its room.</summary>
    public static string ItemOf(string room) => $"{room}-item";

    /// <summary>What stands on that shelf.</summary>
    public static JsonObject MakeItem(string room) => new()
    {
        ["title"] = $"Item of {room}",
        ["priceMinor"] = PriceMinor,
        ["currency"] = "CNY",
        ["stock"] = 1_000_000_000,
        ["position"] = 0,
    };

    public (OrderKind Kind, JsonObject Order) Next()
    {
        var draw = _random.NextDouble();
        if (draw < RepeatedShare && _sold.TryPeek(out var sold))
        {
            return (OrderKind.Repeated, (JsonObject)sold.DeepClone());
        }

        draw -= RepeatedShare;
        if (draw is >= 0 and < CancelledShare && _sold.TryDequeue(out var regretted))
        {
            var cancel = (JsonObject)regretted.DeepClone();
            cancel["kind"] = "cancelled";
            cancel["occurredAt"] = Now();
            return (OrderKind.Cancelled, cancel);
        }

        draw -= CancelledShare;
        return draw is >= 0 and < WrongOwnerShare && _plan.Names.Count > 1
            ? (OrderKind.WrongOwner, Make(isOwnerWrong: true))
            : (OrderKind.Placed, Make(isOwnerWrong: false));
    }

    /// <summary>An order that the server took: from now on it may be repeated or cancelled.</summary>
    public void Remember(JsonObject order)
    {
        _sold.Enqueue(order);
        if (_sold.Count > MostRemembered)
        {
            _sold.Dequeue();
        }
    }

    private JsonObject Make(bool isOwnerWrong)
    {
        var number = _count++;
        var viewer = _random.Next(Math.Max(1, _plan.Sizes.Sum()));
        var room = _sparesLargest ? _random.Next(1, _plan.Names.Count) : _plan.RoomOf(viewer);
        var owner = isOwnerWrong ? (room + 1) % _plan.Names.Count : room;
        var quantity = _random.Next(1, 4);
        return new JsonObject
        {
            ["orderId"] = $"{_prefix}-{number}",
            ["lines"] = new JsonArray(new JsonObject
            {
                ["lineNo"] = 0,
                ["merchantId"] = _plan.Names[owner],
                ["itemId"] = ItemOf(_plan.Names[room]),
                ["quantity"] = quantity,
                ["amountMinor"] = PriceMinor * quantity,
                ["currency"] = "CNY",
            }),
            ["roomId"] = _plan.Names[room],
            ["viewerId"] = Seat.IdOf(viewer),
            ["kind"] = "placed",
            ["occurredAt"] = Now(),
        };
    }

    private string Now() => _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
}
