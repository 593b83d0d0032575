using System.Collections.Immutable;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Some entries in order, and the <c>after</c> that continues behind them; null at the end.</summary>
public sealed record LedgerPage(ImmutableArray<LedgerEntry> Entries, long? Next)
{
    public const int MaxLimit = 1000;
    public const int DefaultLimit = 100;
}
