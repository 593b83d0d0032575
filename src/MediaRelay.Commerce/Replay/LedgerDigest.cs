using System.Globalization;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Sharing;

namespace MediaRelay.Commerce.Replay;

/// <summary>
/// What a merchant's entries and facts come to, as hashes: the chain, the hourly boards by share code, the facts. Both
/// sides of a comparison are made by this from entries alone.
/// </summary>
internal sealed class LedgerDigest(MerchantId merchantId)
{
    private readonly SortedDictionary<(DateTimeOffset Hour, string Code, string Currency), (HashSet<OrderId> Orders, long Gross, long Net)> _boards = [];
    private readonly SortedDictionary<(string OrderId, int LineNo), string> _facts = [];
    private readonly LedgerVerifier _verifier = new(merchantId, [], new Dictionary<string, LedgerPublicKey>());

    public LedgerHead Head { get; private set; } = LedgerHead.Genesis(merchantId);

    public long Entries { get; private set; }

    /// <summary>SHA-256 over every hour's sales by code.</summary>
    public string Boards => LineHash.Of(_boards.Select(pair => string.Create(
        CultureInfo.InvariantCulture,
        $"{pair.Key.Hour:O} {pair.Key.Code} {pair.Key.Currency} {pair.Value.Orders.Count} {pair.Value.Gross} {pair.Value.Net}")));

    /// <summary>SHA-256 over the facts of every line that the merchant owns, in order of order and line.</summary>
    public string Facts => LineHash.Of(_facts.Values);

    public void Add(LedgerEntry entry)
    {
        Entries++;
        Head = new LedgerHead(merchantId, entry.Seq, entry.Hash);
        _verifier.Add(entry);
        if (entry is { ShareCode: { } code, AmountMinor: { } amount, Currency: { } currency } && entry.Kind != LedgerKind.Redemption)
        {
            var key = (Leaderboard.WindowStart(entry.OccurredAt), code.Value, currency);
            if (!_boards.TryGetValue(key, out var sum))
            {
                sum = ([], 0, 0);
            }

            if (entry.Kind == LedgerKind.Sale)
            {
                sum.Orders.Add(entry.OrderId);
            }

            _boards[key] = (sum.Orders, sum.Gross + (entry.Kind == LedgerKind.Sale ? amount : 0), sum.Net + amount);
        }
    }

    public void Add(AttributionRecord record) => _facts[(record.OrderId.Value, record.LineNo)] = record.ToString();

    /// <summary>Whether the entries are a whole chain that ends in a head.</summary>
    public bool EndsIn(LedgerHead head) => _verifier.Finish(head).IsOk;
}
