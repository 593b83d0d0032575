using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>How a ledger stands in answers.</summary>
internal static class LedgerViews
{
    public static LedgerEntryResponse Show(LedgerEntry entry) => new(
        entry.Seq,
        NameOf(entry.Kind),
        entry.OrderId.Value,
        entry.LineNo,
        entry.MerchantId.Value,
        entry.ItemId?.Value,
        entry.Quantity,
        entry.AmountMinor,
        entry.Currency,
        entry.OriginRoomId.Value,
        entry.CarrierRoomId.Value,
        entry.CoHostId?.Value,
        entry.ShareCode?.Value,
        entry.MediaTime,
        entry.OccurredAt,
        entry.At,
        entry.Hash);

    public static LedgerFiguresResponse Show(LedgerFigures figures) => new(
        figures.MerchantId.Value,
        figures.CoHostId?.Value,
        figures.RoomId?.Value,
        figures.Entries,
        figures.Orders,
        figures.Lines,
        figures.CameFromElsewhere,
        figures.Referrals,
        figures.Redemptions,
        [.. figures.Money.Select(sum => new CurrencyFiguresResponse(
            sum.Currency, sum.GrossMinor, sum.CancelledMinor, sum.RefundedMinor, sum.NetMinor, sum.RedeemedMinor))],
        [.. figures.Items.Select(item => new ItemFiguresResponse(
            item.ItemId.Value, item.Currency, item.Sold, item.Returned, item.GrossMinor, item.NetMinor))],
        [.. figures.ShareCodes.Select(code => new ShareCodeFiguresResponse(
            code.ShareCode.Value, code.Currency, code.Orders, code.GrossMinor, code.NetMinor))],
        figures.From,
        figures.To,
        figures.Head.Seq,
        figures.Head.Hash);

    private static string NameOf(LedgerKind kind) => kind switch
    {
        LedgerKind.Sale => "sale",
        LedgerKind.Cancel => "cancel",
        LedgerKind.Refund => "refund",
        LedgerKind.Redemption => "redemption",
        LedgerKind.Referral => "referral",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
    };
}
