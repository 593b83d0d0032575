using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// One row of a merchant's ledger. Cancel and refund are compensating entries with negative quantity and amount, so the
/// sum over sale, cancel and refund is the net. A referral has no item, quantity, amount or currency.
/// </summary>
/// <param name="Seq">Counts this merchant's entries, from 1 without gaps.</param>
/// <param name="MerchantId">Whose ledger this is.</param>
/// <param name="MediaTime">90 kHz on the carrier room's feed.</param>
/// <param name="OccurredAt">When the platform says it happened.</param>
/// <param name="At">When the relay accepted it.</param>
/// <param name="Hash">
/// SHA-256 over the previous entry's hash and this entry (<see cref="LedgerHash"/>), 64 lower-case hex digits.
/// </param>
public sealed record LedgerEntry(
    long Seq,
    LedgerKind Kind,
    OrderId OrderId,
    int LineNo,
    MerchantId MerchantId,
    ItemId? ItemId,
    long? Quantity,
    long? AmountMinor,
    string? Currency,
    RoomId OriginRoomId,
    RoomId CarrierRoomId,
    CoHostId? CoHostId,
    ShareCode? ShareCode,
    long? MediaTime,
    DateTimeOffset OccurredAt,
    DateTimeOffset At,
    string Hash);
