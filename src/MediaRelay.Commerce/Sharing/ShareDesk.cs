using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Sharing;

/// <summary>Decides about share codes and ranks what was sold through them.</summary>
internal sealed class ShareDesk(CommerceState state)
{
    public Outcome<Put<ShareCodeEntry>> Put(ShareCodeEntry entry, Decision decision)
    {
        if (!state.Catalog.TryGetMerchant(entry.MerchantId, out _))
        {
            return Problem.Invalid("merchantId", entry.MerchantId, "a merchant that exists", ProblemKind.Unprocessable);
        }

        var exists = state.ShareCodes.TryResolve(entry.Code, out var before);
        if (exists && before!.MerchantId != entry.MerchantId)
        {
            return Problem.Conflict(
                $"Share code '{entry.Code}' belongs to another merchant.", "merchantId", entry.MerchantId.Value);
        }

        if (entry.ParentCode is { } parent && CheckParent(entry, parent) is { } problem)
        {
            return problem;
        }

        if (before != entry)
        {
            decision.Record(new ShareCodeChange(entry));
        }

        return new Put<ShareCodeEntry>(entry, !exists);
    }

    /// <summary>
    /// A merchant's board from its sales by code; codes of other merchants that led to its sales do not stand on it.
    /// </summary>
    public ImmutableArray<GuideSales> Rank(MerchantId merchantId, ImmutableArray<ShareCodeSales> sales)
    {
        var sums = new Dictionary<(GuideId, StoreId, string), (long Orders, long Gross, long Net)>();
        foreach (var sale in sales)
        {
            if (!state.ShareCodes.TryResolve(sale.Code, out var entry) || entry.MerchantId != merchantId)
            {
                continue;
            }

            var key = (entry.GuideId, entry.StoreId, sale.Currency);
            sums.TryGetValue(key, out var sum);
            sums[key] = (sum.Orders + sale.Orders, sum.Gross + sale.GrossMinor, sum.Net + sale.NetMinor);
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

    private Problem? CheckParent(ShareCodeEntry entry, ShareCode parentCode)
    {
        if (!state.ShareCodes.TryResolve(parentCode, out var parent) || parent.MerchantId != entry.MerchantId)
        {
            return Problem.Invalid(
                "parentCode", parentCode, "a registered code of the same merchant", ProblemKind.Unprocessable);
        }

        if (state.ShareCodes.DescendsFrom(parentCode, entry.Code))
        {
            return Problem.Invalid(
                "parentCode", parentCode, "a code that was not passed on from this one", ProblemKind.Unprocessable);
        }

        return state.ShareCodes.Depth(parentCode) >= ShareCodes.MaxDepth
            ? Problem.Invalid(
                "parentCode", parentCode, $"a code passed on fewer than {ShareCodes.MaxDepth} times",
                ProblemKind.Unprocessable)
            : null;
    }
}
