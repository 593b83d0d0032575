using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// A merchant's figures over some of its ledger: a statement, or a room's report. A pure function of the entries.
/// </summary>
/// <param name="CoHostId">Only this session's entries, or null for all.</param>
/// <param name="RoomId">Only entries carried by this room, or null for all.</param>
/// <param name="Entries">Entries that went in.</param>
/// <param name="Orders">Different orders with a sale.</param>
/// <param name="CameFromElsewhere">Sale lines whose viewer came in through another room than the one watched.</param>
/// <param name="Referrals">Lines of other merchants' orders that came from this merchant's traffic.</param>
/// <param name="Head">
/// The ledger's head when the figures were made; figures with the same head and filter are equal.
/// </param>
public sealed record LedgerFigures(
    MerchantId MerchantId,
    CoHostId? CoHostId,
    RoomId? RoomId,
    long Entries,
    long Orders,
    long Lines,
    long CameFromElsewhere,
    long Referrals,
    long Redemptions,
    ImmutableArray<CurrencyFigures> Money,
    ImmutableArray<ItemFigures> Items,
    ImmutableArray<ShareCodeFigures> ShareCodes,
    DateTimeOffset? From,
    DateTimeOffset? To,
    LedgerHead Head);
