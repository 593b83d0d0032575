using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Sharing;

/// <summary>Decides about share codes.</summary>
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
