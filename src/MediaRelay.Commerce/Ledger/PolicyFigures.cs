using System.Collections.Immutable;
namespace MediaRelay.Commerce.Ledger;

/// <summary>What a policy makes of a merchant's part of the night; nothing of it is written anywhere.</summary>
/// <param name="Referrals">Lines of other merchants' orders that the policy counts as this merchant's traffic.</param>
/// <param name="Shares">How it divides the merchant's own net sales; per currency they add up to them exactly.</param>
public sealed record PolicyFigures(int Version, long Referrals, ImmutableArray<PolicyShareFigures> Shares);
