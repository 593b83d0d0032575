using MediaRelay.Commerce.Attribution;
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

    public static LedgerVerifyResponse Show(LedgerVerification found, LedgerCheckpoint? last) => new(
        found.IsOk, found.Entries, found.Head, found.FirstBad, found.Checkpoints, found.Covered, last is null ? null : Show(last));

    public static CheckpointResponse Show(LedgerCheckpoint checkpoint) => new(
        checkpoint.MerchantId.Value, checkpoint.Seq, checkpoint.Head, checkpoint.At, checkpoint.KeyId, checkpoint.Signature);

    public static LedgerKeyResponse Show(LedgerPublicKey key) =>
        new("EC", "P-256", key.X, key.Y, key.KeyId, "sig", "ES256", key.Since);

    public static PolicyFiguresResponse Show(PolicyFigures figures) => new(
        figures.Version,
        figures.Referrals,
        [.. figures.Shares.Select(share => new PolicyShareResponse(
            NameOf(share.Party), share.Id, share.Currency, share.Lines, share.NetMinor))]);

    public static ClosedStatementResponse Show(ClosedStatement statement) => new(
        statement.Id, StatementDocument.NameOf(statement.Scope), statement.RoomId?.Value, statement.From, statement.ClosedAt,
        statement.PolicyVersion, statement.Head.Seq, statement.Head.Hash, statement.Digest);

    private static string NameOf(PolicyParty party) => party switch
    {
        PolicyParty.Owner => "owner",
        PolicyParty.Traffic => "traffic",
        PolicyParty.Guide => "guide",
        _ => throw new ArgumentOutOfRangeException(nameof(party), party, "Not a party."),
    };

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
