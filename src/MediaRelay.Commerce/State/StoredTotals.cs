using System.Collections.Immutable;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Commerce.State;

/// <summary>What a store knows beyond the changes that it gives back one by one.</summary>
/// <param name="ClickTokenKey">32 secret bytes, made when the store was.</param>
/// <param name="Heads">One per merchant with entries.</param>
/// <param name="Sums">
/// Per currency: the ledgers' sum added up from the entries, and the two sums of the order events.
/// </param>
/// <param name="LastOrderArrival">The highest <see cref="Orders.RecordedOrderEvent.Arrival"/>; 0 for none.</param>
/// <param name="LastQuarantineSeq">The highest <see cref="Orders.QuarantinedEvent.Seq"/>; 0 for none.</param>
public sealed record StoredTotals(
    ImmutableArray<byte> ClickTokenKey,
    ImmutableArray<LedgerHead> Heads,
    ImmutableArray<Conservation> Sums,
    long LastOrderArrival,
    long LastQuarantineSeq);
