using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>Ranks merchants' guides by what was sold through their codes. Thread-safe.</summary>
internal sealed class LeaderboardReading(CommercePipeline pipeline)
{
    // Codes that are looked up under the lock that orders wait for, before it is let go: some 50 µs.
    private const int ChunkSize = 256;

    public async Task<Outcome<Leaderboard>> ReadAsync(MerchantId merchantId, DateTimeOffset window, CancellationToken cancellationToken)
    {
        if (!pipeline.View(catalog => catalog.TryGetMerchant(merchantId, out _)))
        {
            return Problem.NotFound("merchant", merchantId);
        }

        var from = Leaderboard.WindowStart(window);
        var to = from + Leaderboard.Window;
        var sales = pipeline.ReadBoard(merchantId, from)
            ?? await pipeline.Store.ReadShareCodeSalesAsync(merchantId, from, to, cancellationToken);
        return new Leaderboard(merchantId, from, to, Rank(merchantId, sales));
    }

    // Codes of other merchants that led to this one's sales do not stand on its board.
    private ImmutableArray<GuideSales> Rank(MerchantId merchantId, ImmutableArray<ShareCodeSales> sales)
    {
        var sums = new Dictionary<(GuideId, StoreId, string), (long Orders, long Gross, long Net)>();
        foreach (var chunk in sales.Chunk(ChunkSize))
        {
            var entries = pipeline.Read(core => Array.ConvertAll(
                chunk, sale => core.State.ShareCodes.TryResolve(sale.Code, out var entry) ? entry : null));
            for (var i = 0; i < chunk.Length; i++)
            {
                if (entries[i] is { } entry && entry.MerchantId == merchantId)
                {
                    var key = (entry.GuideId, entry.StoreId, chunk[i].Currency);
                    sums.TryGetValue(key, out var sum);
                    sums[key] = (sum.Orders + chunk[i].Orders, sum.Gross + chunk[i].GrossMinor, sum.Net + chunk[i].NetMinor);
                }
            }
        }

        return
        [
            .. sums
                .OrderByDescending(pair => pair.Value.Net)
                .ThenByDescending(pair => pair.Value.Gross)
                .ThenBy(pair => pair.Key.Item1)
                .ThenBy(pair => pair.Key.Item2)
                .Take(Leaderboard.MaxGuides)
                .Select((pair, index) => new GuideSales(
                    index + 1, pair.Key.Item1, pair.Key.Item2, pair.Key.Item3, pair.Value.Orders, pair.Value.Gross,
                    pair.Value.Net)),
        ];
    }
}
