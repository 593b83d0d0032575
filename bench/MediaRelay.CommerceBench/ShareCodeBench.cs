using System.Diagnostics;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Sqlite;

namespace MediaRelay.CommerceBench;

/// <summary>A great many share codes, a tenth of them passed on from another: in memory, and read from SQLite at a start.</summary>
internal static class ShareCodeBench
{
    private const int Merchants = 100;
    private const int Stores = 10_000;
    private const int Lookups = 1_000_000;

    // Codes that are written with one flush.
    private const int Batch = 5000;

    public static async Task<int> RunAsync(int count)
    {
        MeasureMemory(count);
        var directory = Directory.CreateTempSubdirectory("mediarelay-bench-").FullName;
        try
        {
            await MeasureStartAsync(count, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    private static void MeasureMemory(int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var codes = new ShareCodes();
        for (var i = 0; i < count; i++)
        {
            codes.Set(Entry(i));
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var random = new Random(1);
        var wanted = Enumerable.Range(0, Lookups).Select(_ => ShareCode.Parse($"code-{random.Next(count)}")).ToArray();
        var times = new long[Lookups];
        var found = 0;
        for (var i = 0; i < wanted.Length; i++)
        {
            var from = Stopwatch.GetTimestamp();
            found += codes.TryResolve(wanted[i], out _) ? 1 : 0;
            times[i] = Stopwatch.GetTimestamp() - from;
        }

        Console.WriteLine($"{codes.Count} codes: {bytes / 1e6:F1} MB, {(double)bytes / count:F1} bytes each");
        Console.WriteLine(
            $"resolve, {found} of {Lookups} at random: p50 {Percentile.Of(times, 0.5):F2} µs, p99 {Percentile.Of(times, 0.99):F2} µs, "
            + $"max {Percentile.Of(times, 1):F0} µs");
        GC.KeepAlive(codes);
    }

    private static async Task MeasureStartAsync(int count, string directory)
    {
        var now = DateTimeOffset.UtcNow;
        await using (var store = SqliteCommerceStore.Open(directory))
        {
            await store.CommitAsync(
                [.. Enumerable.Range(0, Merchants).Select(i => new MerchantChange(new Merchant(MerchantOf(i), $"Merchant {i}")))], () => { });
            for (var from = 0; from < count; from += Batch)
            {
                await store.CommitAsync(
                    [.. Enumerable.Range(from, Math.Min(Batch, count - from)).Select(i => new ShareCodeChange(Entry(i)))], () => { });
            }
        }

        var watch = Stopwatch.StartNew();
        await using var service = await CommerceService.OpenAsync(now, SqliteCommerceStore.Open(directory));
        watch.Stop();
        var isThere = service.TryResolveShareCode(ShareCode.Parse($"code-{count - 1}"), out _);
        Console.WriteLine($"start with {count} codes on SQLite: {watch.Elapsed.TotalSeconds:F2} s, the last one {(isThere ? "found" : "MISSING")}");
    }

    private static MerchantId MerchantOf(int i) => MerchantId.Parse($"merchant-{i % Merchants}");

    private static ShareCodeEntry Entry(int i) => new(
        ShareCode.Parse($"code-{i}"), MerchantOf(i), StoreId.Parse($"store-{i % Stores}"), GuideId.Parse($"guide-{i % (Stores * 10)}"),
        i % 10 == 9 && i >= Merchants ? ShareCode.Parse($"code-{i - Merchants}") : null);
}
