using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// Checks a chain entry by entry against its hashes, its head, and the checkpoints that were signed over it; needs
/// nothing else.
/// </summary>
/// <param name="checkpoints">In order of sequence number.</param>
/// <param name="keys">The keys that a checkpoint may be signed with, by id.</param>
public sealed class LedgerVerifier(
    MerchantId merchantId,
    IReadOnlyList<LedgerCheckpoint> checkpoints,
    IReadOnlyDictionary<string, LedgerPublicKey> keys)
{
    private string _hash = LedgerHash.Genesis(merchantId);
    private long _entries;
    private long? _firstBad;
    private int _nextCheckpoint;
    private long _covered;

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
        CheckCheckpoints();
    }

    public LedgerVerification Finish(LedgerHead head)
    {
        // A checkpoint behind the last entry signed some that are gone.
        if (_firstBad is null && (head.Seq != _entries || head.Hash != _hash || _nextCheckpoint < checkpoints.Count))
        {
            _firstBad = Math.Min(head.Seq, _entries) + 1;
        }

        return new LedgerVerification(
            _firstBad is null, _entries, head.Hash, _firstBad, checkpoints.Count, _covered);
    }

    // All hashes may have been computed anew after an edit. Then the edit lies somewhere behind the last checkpoint that
    // still fits, and the first place that nothing vouches for is the one behind that.
    private void CheckCheckpoints()
    {
        while (_nextCheckpoint < checkpoints.Count && checkpoints[_nextCheckpoint].Seq <= _entries)
        {
            var checkpoint = checkpoints[_nextCheckpoint++];
            if (checkpoint.MerchantId != merchantId || checkpoint.Seq != _entries || checkpoint.Head != _hash
                || !keys.TryGetValue(checkpoint.KeyId, out var key) || !checkpoint.IsSignedBy(key))
            {
                _firstBad = _covered + 1;
                return;
            }

            _covered = checkpoint.Seq;
        }
    }
}
