using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Runs a policy over what a merchant's ledger and the facts of its lines say: entries first, then records.
/// </summary>
/// <param name="coHostId">Only this session, or null for all.</param>
internal sealed class PolicyFiguresBuilder(MerchantId merchantId, AttributionPolicy policy, CoHostId? coHostId)
{
    private readonly Dictionary<(OrderId, int), (string Currency, long Net)> _lines = [];
    private readonly SortedDictionary<(PolicyParty, string, string), (long Lines, long Net)> _shares = new(
        Comparer<(PolicyParty Party, string Id, string Currency)>.Create(static (a, b) =>
            a.Party != b.Party ? a.Party.CompareTo(b.Party)
            : a.Id != b.Id ? string.CompareOrdinal(a.Id, b.Id)
            : string.CompareOrdinal(a.Currency, b.Currency)));

    private long _referrals;

    public void Add(LedgerEntry entry)
    {
        if (entry is { Kind: LedgerKind.Sale or LedgerKind.Cancel or LedgerKind.Refund, AmountMinor: { } amount, Currency: { } currency }
            && (coHostId is null || entry.CoHostId == coHostId))
        {
            _lines.TryGetValue((entry.OrderId, entry.LineNo), out var line);
            _lines[(entry.OrderId, entry.LineNo)] = (currency, line.Net + amount);
        }
    }

    public void Add(AttributionRecord record)
    {
        if (coHostId is not null && record.CoHostId != coHostId)
        {
            return;
        }

        if (record.Owner != merchantId)
        {
            _referrals += policy.TrafficOf(record) == merchantId ? 1 : 0;
        }
        else if (_lines.TryGetValue((record.OrderId, record.LineNo), out var line))
        {
            Divide(record, line.Currency, line.Net);
        }
    }

    public PolicyFigures Build() => new(
        policy.Version, _referrals,
        [.. _shares.Select(pair => new PolicyShareFigures(
            pair.Key.Item1, pair.Key.Item2, pair.Key.Item3, pair.Value.Lines, pair.Value.Net))]);

    // Each share is cut to whole minor units and the owner, who is the last, has the rest: nothing appears or vanishes.
    private void Divide(AttributionRecord record, string currency, long net)
    {
        var left = net;
        var shares = policy.Split(record);
        for (var i = 0; i < shares.Length; i++)
        {
            var part = i == shares.Length - 1
                ? left
                : (long)((Int128)net * shares[i].BasisPoints / PolicyShare.Whole);
            left -= part;
            var key = (shares[i].Party, shares[i].Id, currency);
            _shares.TryGetValue(key, out var sum);
            _shares[key] = (sum.Lines + 1, sum.Net + part);
        }
    }
}
