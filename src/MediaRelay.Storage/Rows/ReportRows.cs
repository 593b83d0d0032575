using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Reports;

namespace MediaRelay.Storage.Rows;

internal sealed record ShowSampleRow(
    string Show_id, long At, long Viewers, long Joins, long Likes, long Comments, long Shares, long Follows, long Favorites,
    long Add_to_carts, long Clicks)
{
    public ShowSample ToSample() => new(
        ShowId.Parse(Show_id), UnixMicros.ToTime(At), Viewers, Joins, Likes, Comments, Shares, Follows, Favorites, Add_to_carts, Clicks);
}

internal sealed record ShowCountRow(string Show_id, long Subject, string Merchant_id, string Name, long Total)
{
    public ShowCount ToCount() => new(ShowId.Parse(Show_id), (ShowSubject)Subject, MerchantId.Parse(Merchant_id), Name, Total);
}

internal sealed record ShowMomentRow(
    string Show_id, long At, string Kind, string Subject, string Merchant_id, string Detail, long? Media_time)
{
    public ShowMoment ToMoment() => new(
        ShowId.Parse(Show_id), UnixMicros.ToTime(At), Kind, Subject, Merchant_id.Length == 0 ? null : MerchantId.Parse(Merchant_id), Detail,
        Media_time);
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record LedgerTotalsRow
{
    public long Entries { get; init; }

    public long Orders { get; init; }

    public long Lines { get; init; }

    public long Came_from_elsewhere { get; init; }

    public long Referrals { get; init; }

    public long Redemptions { get; init; }

    public long? From_at { get; init; }

    public long? To_at { get; init; }
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record CurrencyFiguresRow
{
    public string Currency { get; init; } = "";

    public long Gross { get; init; }

    public long Cancelled { get; init; }

    public long Refunded { get; init; }

    public long Redeemed { get; init; }

    public CurrencyFigures ToFigures() => new(Currency, Gross, Cancelled, Refunded, Redeemed);
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record ItemFiguresRow
{
    public string Item_id { get; init; } = "";

    public string Currency { get; init; } = "";

    public long Sold { get; init; }

    public long Returned { get; init; }

    public long Gross { get; init; }

    public long Net { get; init; }

    public ItemFigures ToFigures() => new(ItemId.Parse(Item_id), Currency, Sold, Returned, Gross, Net);
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record CodeFiguresRow
{
    public string Share_code { get; init; } = "";

    public string Currency { get; init; } = "";

    public string? Guide_id { get; init; }

    public string? Store_id { get; init; }

    public long Orders { get; init; }

    public long Gross { get; init; }

    public long Net { get; init; }

    public ShareCodeFigures ToFigures() => new(ShareCode.Parse(Share_code), Currency, Orders, Gross, Net);

    public GuideCodeSales ToSales() => new(
        ShareCode.Parse(Share_code), Guide_id is null ? null : GuideId.Parse(Guide_id), Store_id is null ? null : StoreId.Parse(Store_id),
        Currency, Orders, Gross, Net);
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record SalesMinuteRow
{
    public long Minute { get; init; }

    public string Currency { get; init; } = "";

    public long Orders { get; init; }

    public long Gross { get; init; }

    public long Net { get; init; }

    public SalesMinute ToMinute() => new(UnixMicros.ToTime(Minute * 60 * UnixMicros.PerSecond), Currency, Orders, Gross, Net);
}

/// <summary>Properties: SQLite gives a sum no type where there are no rows.</summary>
internal sealed record OverlaySalesRow
{
    public long Overlay_seq { get; init; }

    public string Currency { get; init; } = "";

    public long Orders { get; init; }

    public long Gross { get; init; }

    public long Net { get; init; }

    public OverlaySales ToSales() => new(Overlay_seq, Currency, Orders, Gross, Net);
}
