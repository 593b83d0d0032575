using System.ComponentModel;
using System.Text.Json.Serialization;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record LedgerEntryResponse(
    long Seq,
    [property: Description("sale, cancel, refund, redemption or referral.")] string Kind,
    string OrderId,
    int LineNo,
    string MerchantId,
    string? ItemId,
    [property: Description("Negative in a cancel or refund; null in a referral.")] long? Quantity,
    [property: Description("Negative in a cancel or refund; null in a referral.")] long? AmountMinor,
    string? Currency,
    string OriginRoomId,
    string CarrierRoomId,
    string? CohostId,
    string? ShareCode,
    [property: Description("90 kHz on the carrier room's feed.")] long? MediaTime,
    DateTimeOffset OccurredAt,
    [property: Description("When the relay accepted it.")] DateTimeOffset At,
    [property: Description("SHA-256 over the previous entry's hash and this entry, 64 hex digits.")] string Hash);

internal sealed record LedgerResponse(
    IReadOnlyList<LedgerEntryResponse> Entries,
    [property: Description("The following after; null at the end.")] long? Next);

internal sealed record LedgerVerifyResponse(
    bool Ok,
    long Entries,
    [property: Description("The latest hash.")] string Head,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("The first place where the chain does not hold; only when not ok.")]
    long? FirstBad,
    [property: Description("Signed checkpoints that were checked.")] int Checkpoints,
    [property: Description("The last entry that a checkpoint vouches for; 0 for none.")] long Covered,
    [property: Description("The last checkpoint; null before the first.")] CheckpointResponse? Checkpoint);

internal sealed record CheckpointResponse(
    string MerchantId,
    [property: Description("The last entry that it covers.")] long Seq,
    [property: Description("That entry's hash.")] string Head,
    DateTimeOffset At,
    [property: Description("Which of the keys at /v1/ledger-keys signed it.")] string KeyId,
    [property: Description("ECDSA P-256 with SHA-256 over the bytes that docs/ledger.md gives; r and s, base64url.")] string Signature);

internal sealed record CheckpointsResponse(
    IReadOnlyList<CheckpointResponse> Checkpoints,
    [property: Description("The following after; null at the end.")] long? Next);

internal sealed record LedgerKeyResponse(
    string Kty,
    string Crv,
    string X,
    string Y,
    [property: Description("The key's thumbprint (RFC 7638).")] string Kid,
    string Use,
    string Alg,
    [property: Description("When this relay first signed with it.")] DateTimeOffset Since);

internal sealed record LedgerKeysResponse(
    [property: Description("JSON Web Keys, the newest first.")] IReadOnlyList<LedgerKeyResponse> Keys);

internal sealed record ExportHeaderLine(string Ledger, int Format);

internal sealed record ExportKeyLine(LedgerKeyResponse Key);

internal sealed record ExportCheckpointLine(CheckpointResponse Checkpoint);

internal sealed record ExportHead(long Seq, string Hash);

internal sealed record ExportHeadLine(ExportHead Head);

internal sealed record PolicyShareResponse(
    [property: Description("owner, traffic or guide.")] string Party,
    [property: Description("The merchant's or guide's id.")] string Id,
    string Currency,
    long Lines,
    long NetMinor);

internal sealed record PolicyFiguresResponse(
    int Version,
    [property: Description("Lines of other merchants' orders that the policy counts as this merchant's traffic.")] long Referrals,
    [property: Description("How it divides the merchant's own net sales.")] IReadOnlyList<PolicyShareResponse> Shares);

internal sealed record ClosedStatementResponse(
    string StatementId,
    [property: Description("show or cohost.")] string Scope,
    string? RoomId,
    DateTimeOffset From,
    DateTimeOffset ClosedAt,
    int PolicyVersion,
    [property: Description("The ledger's last entry that counts.")] long HeadSeq,
    string Head,
    [property: Description("SHA-256 of the statement's document; null until it was made, which is within a second.")] string? Digest);

internal sealed record ClosedStatementsResponse(
    IReadOnlyList<ClosedStatementResponse> Statements,
    [property: Description("The following after; null at the end.")] string? Next);

internal sealed record CurrencyFiguresResponse(
    string Currency, long GrossMinor, long CancelledMinor, long RefundedMinor, long NetMinor, long RedeemedMinor);

internal sealed record ItemFiguresResponse(
    string ItemId, string Currency, long Sold, long Returned, long GrossMinor, long NetMinor);

internal sealed record ShareCodeFiguresResponse(string ShareCode, string Currency, long Orders, long GrossMinor, long NetMinor);

internal sealed record LedgerFiguresResponse(
    string MerchantId,
    string? CohostId,
    string? RoomId,
    long Entries,
    [property: Description("Different orders with a sale.")] long Orders,
    long Lines,
    [property: Description("Sale lines whose viewer came in through another room than the one watched.")] long CameFromElsewhere,
    [property: Description("Lines of other merchants' orders that this merchant's traffic brought.")] long Referrals,
    long Redemptions,
    [property: Description("One row per currency.")] IReadOnlyList<CurrencyFiguresResponse> Money,
    IReadOnlyList<ItemFiguresResponse> Items,
    IReadOnlyList<ShareCodeFiguresResponse> ShareCodes,
    DateTimeOffset? From,
    DateTimeOffset? To,
    [property: Description("Number of the ledger's last entry when the figures were made.")] long HeadSeq,
    [property: Description("Its hash: figures of the same head and filter are equal.")] string Head,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Statements: the last signed checkpoint.")]
    CheckpointResponse? Checkpoint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Statements with policy=: what that policy makes of it; written nowhere.")]
    PolicyFiguresResponse? Policy = null);
