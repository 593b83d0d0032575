using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Adds up entries into <see cref="LedgerFigures"/>.</summary>
public sealed class LedgerFiguresBuilder(MerchantId merchantId, CoHostId? coHostId, RoomId? roomId)
{
    private readonly HashSet<OrderId> _orders = [];
    private readonly SortedDictionary<string, (
        long Gross, long Cancelled, long Refunded, long Redeemed)> _money = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(ItemId, string), (long Sold, long Returned, long Gross, long Net)> _items = [];
    private readonly SortedDictionary<(ShareCode, string), (HashSet<OrderId> Orders, long Gross, long Net)> _codes = [];
    private long _entries;
    private long _lines;
    private long _cameFromElsewhere;
    private long _referrals;
    private long _redemptions;
    private DateTimeOffset? _from;
    private DateTimeOffset? _to;

    public void Add(LedgerEntry entry)
    {
        if ((coHostId is not null && entry.CoHostId != coHostId)
            || (roomId is not null && entry.CarrierRoomId != roomId))
        {
            return;
        }

        _entries++;
        _from = _from is null || entry.OccurredAt < _from ? entry.OccurredAt : _from;
        _to = _to is null || entry.OccurredAt > _to ? entry.OccurredAt : _to;
        if (entry.Kind == LedgerKind.Referral)
        {
            _referrals++;
            return;
        }

        if (entry is { ItemId: { } item, Quantity: { } quantity, AmountMinor: { } amount, Currency: { } currency })
        {
            AddMoney(entry, item, quantity, amount, currency);
        }
    }

    public LedgerFigures Build(LedgerHead head) => new(
        merchantId, coHostId, roomId, _entries, _orders.Count, _lines, _cameFromElsewhere, _referrals, _redemptions,
        [.. _money.Select(pair => ToFigures(pair.Key, pair.Value))],
        [.. _items.Select(pair => ToFigures(pair.Key.Item1, pair.Key.Item2, pair.Value))],
        [.. _codes.Select(pair => ToFigures(pair.Key.Item1, pair.Key.Item2, pair.Value))],
        _from, _to, head);

    private static CurrencyFigures ToFigures(
        string currency, (long Gross, long Cancelled, long Refunded, long Redeemed) sums) =>
        new(currency, sums.Gross, sums.Cancelled, sums.Refunded, sums.Redeemed);

    private static ItemFigures ToFigures(
        ItemId item, string currency, (long Sold, long Returned, long Gross, long Net) sums) =>
        new(item, currency, sums.Sold, sums.Returned, sums.Gross, sums.Net);

    private static ShareCodeFigures ToFigures(
        ShareCode code, string currency, (HashSet<OrderId> Orders, long Gross, long Net) sums) =>
        new(code, currency, sums.Orders.Count, sums.Gross, sums.Net);

    private void AddMoney(LedgerEntry entry, ItemId item, long quantity, long amount, string currency)
    {
        _money.TryGetValue(currency, out var money);
        if (entry.Kind == LedgerKind.Redemption)
        {
            _redemptions++;
            _money[currency] = money with { Redeemed = money.Redeemed + amount };
            return;
        }

        var isSale = entry.Kind == LedgerKind.Sale;
        _money[currency] = entry.Kind switch
        {
            LedgerKind.Sale => money with { Gross = money.Gross + amount },
            LedgerKind.Cancel => money with { Cancelled = money.Cancelled - amount },
            _ => money with { Refunded = money.Refunded - amount },
        };
        if (isSale)
        {
            _lines++;
            _orders.Add(entry.OrderId);
            _cameFromElsewhere += entry.OriginRoomId == entry.CarrierRoomId ? 0 : 1;
        }

        _items.TryGetValue((item, currency), out var figures);
        _items[(item, currency)] = isSale
            ? figures with { Sold = figures.Sold + quantity, Gross = figures.Gross + amount, Net = figures.Net + amount }
            : figures with { Returned = figures.Returned - quantity, Net = figures.Net + amount };

        if (entry.ShareCode is not { } code)
        {
            return;
        }

        if (!_codes.TryGetValue((code, currency), out var share))
        {
            share = ([], 0, 0);
        }

        if (isSale)
        {
            share.Orders.Add(entry.OrderId);
        }

        _codes[(code, currency)] = (share.Orders, share.Gross + (isSale ? amount : 0), share.Net + amount);
    }
}
