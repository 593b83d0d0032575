using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Sharing;

/// <summary>
/// Sales by share code of the last hours of event time, added up as entries become durable: a board of an hour with
/// millions of entries costs no reading of them. Hours before are the store's. Not thread-safe.
/// </summary>
internal sealed class BoardWindows
{
    private readonly Dictionary<(MerchantId Merchant, DateTimeOffset From), Dictionary<(ShareCode Code, string Currency), Sums>> _windows = [];

    /// <param name="now">The hour of this time and the one before are kept; those to come are kept as they come.</param>
    public BoardWindows(DateTimeOffset now) => Since = Leaderboard.WindowStart(now) - Leaderboard.Window;

    /// <summary>Hours that begin at or after this are whole here.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>The hours that boards are kept of, the one that clocks ahead of ours may have begun among them.</summary>
    public static async Task<BoardWindows> ReadAsync(
        DateTimeOffset now, CommerceStore store, StoredTotals totals, CancellationToken cancellationToken)
    {
        var boards = new BoardWindows(now);
        foreach (var merchant in totals.Heads.Select(head => head.MerchantId))
        {
            for (var from = boards.Since; from <= now + Leaderboard.Window; from += Leaderboard.Window)
            {
                boards.Restore(
                    merchant, from,
                    await store.ReadShareCodeSalesAsync(merchant, from, from + Leaderboard.Window, cancellationToken));
            }
        }

        return boards;
    }

    /// <summary>What the store says of an hour when it is opened.</summary>
    public void Restore(MerchantId merchant, DateTimeOffset from, ImmutableArray<ShareCodeSales> sales)
    {
        foreach (var sale in sales)
        {
            Sum(merchant, from, sale.Code, sale.Currency) = new Sums(sale.Orders, sale.GrossMinor, sale.NetMinor);
        }
    }

    /// <param name="opensOrder">No entry of this hour, code and currency was of this order before.</param>
    public void Add(LedgerEntry entry, bool opensOrder)
    {
        Forget(Leaderboard.WindowStart(entry.At) - Leaderboard.Window);
        var from = Leaderboard.WindowStart(entry.OccurredAt);
        if (from < Since || entry.Kind is not (LedgerKind.Sale or LedgerKind.Cancel or LedgerKind.Refund)
            || entry is not { ShareCode: { } code, AmountMinor: { } amount, Currency: { } currency })
        {
            return;
        }

        ref var sum = ref Sum(entry.MerchantId, from, code, currency);
        sum = new Sums(
            sum.Orders + (opensOrder ? 1 : 0), sum.GrossMinor + (entry.Kind == LedgerKind.Sale ? amount : 0), sum.NetMinor + amount);
    }

    /// <summary>An hour's sales; null when they are the store's to tell.</summary>
    public ImmutableArray<ShareCodeSales>? Read(MerchantId merchant, DateTimeOffset from)
    {
        if (from < Since)
        {
            return null;
        }

        return _windows.TryGetValue((merchant, from), out var sums)
            ? [.. sums.Select(pair => new ShareCodeSales(
                pair.Key.Code, pair.Key.Currency, pair.Value.Orders, pair.Value.GrossMinor, pair.Value.NetMinor))]
            : [];
    }

    private ref Sums Sum(MerchantId merchant, DateTimeOffset from, ShareCode code, string currency)
    {
        ref var window = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, (merchant, from), out _);
        return ref CollectionsMarshal.GetValueRefOrAddDefault(window ??= [], (code, currency), out _);
    }

    // An order that comes more than an hour late changes a board that the store adds up.
    private void Forget(DateTimeOffset since)
    {
        if (since <= Since)
        {
            return;
        }

        Since = since;
        foreach (var key in _windows.Keys.Where(key => key.From < since).ToList())
        {
            _windows.Remove(key);
        }
    }

    private readonly record struct Sums(long Orders, long GrossMinor, long NetMinor);
}
