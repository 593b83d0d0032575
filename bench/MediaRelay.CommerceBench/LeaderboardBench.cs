using System.Diagnostics;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Storage.Sqlite;

namespace MediaRelay.CommerceBench;

/// <summary>
/// Orders of one merchant through 10,000 guides' codes on SQLite, at a steady rate over as many connections as a platform keeps and some
/// of them up to five minutes late, while its board is looked at twenty times a second.
/// </summary>
internal static class LeaderboardBench
{
    private const int Guides = 10_000;

    // Of a platform's servers, each with its own share of the rate.
    private const int Senders = 8;
    private const long ProbeMinor = 1_000_000_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly MerchantId Merchant = MerchantId.Parse("m");
    private static readonly RoomId Room = RoomId.Parse("r");
    private static readonly ItemKey Item = new(Merchant, ItemId.Parse("i"));

    // Sells for more than all others together, so that its place says whether its last order is counted.
    private static readonly ShareCode Probe = ShareCode.Parse("probe");

    public static async Task<int> RunAsync(int ordersPerSecond, int seconds)
    {
        var directory = Directory.CreateTempSubdirectory("mediarelay-bench-").FullName;
        try
        {
            await using var service = await CommerceService.OpenAsync(DateTimeOffset.UtcNow, SqliteCommerceStore.Open(directory));
            await PrepareAsync(service);
            return await MeasureAsync(service, ordersPerSecond, seconds);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task PrepareAsync(CommerceService service)
    {
        var now = DateTimeOffset.UtcNow;
        await service.PutMerchantAsync(now, Merchant, "M");
        await service.PutRoomAsync(now, Room, new RoomDraft(Merchant, "R"));
        await service.PutItemAsync(now, Item, new ShelfItemDraft("I", 100, "CNY", 1));
        await Task.WhenAll(Enumerable.Range(0, Guides).Select(i => PutCodeAsync(service, ShareCode.Parse($"c{i}"), $"g{i}")));
        await PutCodeAsync(service, Probe, "probe");
    }

    private static Task PutCodeAsync(CommerceService service, ShareCode code, string guide) => service.PutShareCodeAsync(
        DateTimeOffset.UtcNow, new ShareCodeEntry(code, Merchant, StoreId.Parse("s"), GuideId.Parse(guide), null));

    private static async Task<int> MeasureAsync(CommerceService service, int ordersPerSecond, int seconds)
    {
        using var stop = new CancellationTokenSource();
        var drain = DrainAsync(service, stop.Token);
        var length = TimeSpan.FromSeconds(seconds);
        var watch = Stopwatch.StartNew();
        var sending = Enumerable.Range(0, Senders).Select(
            sender => Task.Run(() => SendAsync(service, sender, (double)ordersPerSecond / Senders, length))).ToArray();
        var (looks, ages) = await LookAsync(service, length);
        var answers = (await Task.WhenAll(sending)).SelectMany(times => times).ToArray();
        var elapsed = watch.Elapsed;
        var refused = answers.Count(time => time is null);
        var times = answers.OfType<long>().ToArray();
        await stop.CancelAsync();
        await drain;
        Console.WriteLine(
            $"{answers.Length} orders of {Senders} senders in {elapsed.TotalSeconds:F1} s ({answers.Length / elapsed.TotalSeconds:F0}/s), {refused} refused");
        Console.WriteLine(
            $"attributed and durable after: p50 {Percentile.Of(times, 0.5) / 1000:F1} ms, p99 {Percentile.Of(times, 0.99) / 1000:F1} ms, "
            + $"max {Percentile.Of(times, 1) / 1000:F1} ms");
        Console.WriteLine(
            $"board of {Guides + 1} guides, {looks.Length} looks: p50 {Percentile.Of(looks, 0.5) / 1000:F2} ms, "
            + $"p99 {Percentile.Of(looks, 0.99) / 1000:F2} ms, max {Percentile.Of(looks, 1) / 1000:F2} ms");
        Console.WriteLine(
            $"an order is on it after ({ages.Length} times): p50 {Percentile.Of(ages, 0.5) / 1000:F1} ms, "
            + $"p99 {Percentile.Of(ages, 0.99) / 1000:F1} ms, max {Percentile.Of(ages, 1) / 1000:F1} ms");
        return refused == 0 ? 0 : 1;
    }

    // The time of each answer; null for a refusal. An order that is due waits for no other's answer, and what waits to be sent counts.
    private static async Task<long?[]> SendAsync(CommerceService service, int sender, double perSecond, TimeSpan length)
    {
        var random = new Random(sender);
        var pending = new List<Task<long?>>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            while (pending.Count < watch.Elapsed.TotalSeconds * perSecond && watch.Elapsed < length)
            {
                var late = TimeSpan.FromSeconds(random.Next(10) == 0 ? random.Next(300) : 0);
                var order = Order($"o{sender}-{pending.Count}", ShareCode.Parse($"c{random.Next(Guides)}"), DateTimeOffset.UtcNow - late, 100);
                var due = TimeSpan.FromSeconds(pending.Count / perSecond);
                pending.Add(SubmitAsync(service, order, Stopwatch.GetTimestamp() - (long)((watch.Elapsed - due).TotalSeconds * Stopwatch.Frequency)));
            }

            await Task.Delay(1);
        }

        return await Task.WhenAll(pending);
    }

    private static async Task<long?> SubmitAsync(CommerceService service, OrderEvent order, long since) =>
        (await service.SubmitOrderAsync(DateTimeOffset.UtcNow, order)).IsSuccess ? Stopwatch.GetTimestamp() - since : null;

    // An order is reported every time that the one before is on the board.
    private static async Task<(long[] Looks, long[] Ages)> LookAsync(CommerceService service, TimeSpan length)
    {
        var looks = new List<long>();
        var ages = new List<long>();
        var probes = 0L;
        var reportedAt = 0L;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            var now = DateTimeOffset.UtcNow;
            if (reportedAt == 0)
            {
                reportedAt = Stopwatch.GetTimestamp();
                _ = (await service.SubmitOrderAsync(now, Order($"probe{++probes}", Probe, now, ProbeMinor))).Value;
            }

            var from = Stopwatch.GetTimestamp();
            var board = (await service.GetLeaderboardAsync(Merchant, now)).Value;
            looks.Add(Stopwatch.GetTimestamp() - from);
            if (board.Guides.FirstOrDefault(guide => guide.GuideId.Value == "probe") is { } row && row.NetMinor == probes * ProbeMinor)
            {
                ages.Add(Stopwatch.GetTimestamp() - reportedAt);
                reportedAt = 0;
            }

            await Task.Delay(LookEvery);
        }

        return ([.. looks], [.. ages]);
    }

    // Events that nobody reads would stop the service.
    private static async Task DrainAsync(CommerceService service, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in service.Events.ReadAllAsync(cancellationToken))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private static OrderEvent Order(string id, ShareCode code, DateTimeOffset occurredAt, long minor) => new(
        OrderId.Parse(id), null, OrderKind.Paid, [new OrderLine(1, Item, 1, new Money(minor, "CNY"))], Room, ViewerId.Parse("v"),
        UnixMicros.Truncate(occurredAt), code, null);
}
