using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Checks a chain entry by entry; needs nothing but the entries and the head.</summary>
public sealed class LedgerVerifier(MerchantId merchantId)
{
    private string _hash = LedgerHash.Genesis(merchantId);
    private long _entries;
    private long? _firstBad;

    /// <summary>The next entry in order of sequence number.</summary>
    public void Add(LedgerEntry entry)
    {
        _entries++;
        if (_firstBad is not null)
        {
            return;
        }

        if (entry.MerchantId != merchantId || entry.Seq != _entries || LedgerHash.Next(_hash, entry) != entry.Hash)
        {
            _firstBad = _entries;
            return;
        }

        _hash = entry.Hash;
    }

    public LedgerVerification Finish(LedgerHead head)
    {
        if (_firstBad is null && (head.Seq != _entries || head.Hash != _hash))
        {
            _firstBad = Math.Min(head.Seq, _entries) + 1;
        }

        return new LedgerVerification(_firstBad is null, _entries, head.Hash, _firstBad);
    }
}
