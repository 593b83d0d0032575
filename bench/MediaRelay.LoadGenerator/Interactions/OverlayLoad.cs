using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Statistics;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>
/// Two merchants' overlays in the largest room: purchases of both, one order each, and coupons and notices of the room's own merchant,
/// who may flood. Calls are spread evenly over time.
/// </summary>
internal sealed class OverlayLoad(
    LoadOptions options, PlatformClient platform, RoomPlan plan, string prefix, Func<Timestamp> now, TimeProvider time)
{
    // Calls under way at once; beyond it overlays wait here and are late, which is reported.
    private const int MaxPending = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private readonly SemaphoreSlim _pending = new(MaxPending);
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly LatencyHistogram _answers = new();
    private readonly LatencyHistogram _late = new();
    private long _accepted;
    private int _count;
    private int _own;

    /// <summary>Until <paramref name="end"/>; done when all calls are answered.</summary>
    public async Task RunAsync(Task end, CancellationToken cancellationToken)
    {
        var ownShare = options.Flood / (1 + options.Flood);
        var pace = new Pace(now());
        var calls = new List<Task>();
        var owed = 0.0;
        while (!end.IsCompleted)
        {
            await Task.Delay(Tick, cancellationToken);
            for (var due = pace.Take(now(), options.Overlays); due > 0; due--)
            {
                owed += ownShare;
                var isOwn = owed >= 1;
                owed -= isOwn ? 1 : 0;
                var wanted = now();
                await _pending.WaitAsync(cancellationToken);
                _late.Record(now() - wanted);
                calls.Add(SendAsync(isOwn, cancellationToken));
            }

            calls.RemoveAll(call => call.IsCompletedSuccessfully);
        }

        await Task.WhenAll(calls);
    }

    public OverlayLoadReport Report() => new(
        _count, _accepted, _failures.Values.Sum(), _failures.ToDictionary(StringComparer.Ordinal), Percentiles.Of(_answers),
        Percentiles.Of(_late));

    private async Task SendAsync(bool isOwn, CancellationToken cancellationToken)
    {
        try
        {
            var number = _count++;
            var sentAt = now();
            var problem = await (isOwn ? (_own++ % 4) switch
            {
                0 => platform.PostOverlayAsync(plan.Names[0], plan.Names[0], "coupon", MakeCoupon(number), cancellationToken),
                1 => platform.PostOverlayAsync(plan.Names[0], plan.Names[0], "notice", MakeNotice(number), cancellationToken),
                _ => platform.PostOrderAsync(MakeOrder(number, plan.Names[0]), cancellationToken),
            }
            : platform.PostOrderAsync(MakeOrder(number, plan.Names[1]), cancellationToken));
            _answers.Record(now() - sentAt);
            if (problem is null)
            {
                Interlocked.Increment(ref _accepted);
            }
            else
            {
                _failures.AddOrUpdate($"{problem.Status} {problem.Title}", 1, static (_, count) => count + 1);
            }
        }
        finally
        {
            _pending.Release();
        }
    }

    private static JsonObject MakeCoupon(int number) => new()
    {
        ["couponId"] = string.Create(CultureInfo.InvariantCulture, $"coupon-{number}"),
        ["title"] = "Ten off a hundred",
    };

    private static JsonObject MakeNotice(int number) => new()
    {
        ["text"] = string.Create(CultureInfo.InvariantCulture, $"Thank you, buyer {number}!"),
    };

    private JsonObject MakeOrder(int number, string merchant) => new()
    {
        ["orderId"] = string.Create(CultureInfo.InvariantCulture, $"{prefix}-overlay-{number}"),
        ["lines"] = new JsonArray(new JsonObject
        {
            ["lineNo"] = 0,
            ["merchantId"] = merchant,
            ["itemId"] = OrderMix.ItemOf(merchant),
            ["quantity"] = 1,
            ["amountMinor"] = 9_900,
            ["currency"] = "CNY",
        }),
        ["roomId"] = plan.Names[0],
        ["viewerId"] = string.Create(CultureInfo.InvariantCulture, $"buyer-{number}"),
        ["kind"] = "placed",
        ["occurredAt"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
    };
}
