namespace MediaRelay.Commerce.Ledger;

/// <summary>The result of checking a whole chain.</summary>
/// <param name="Entries">How many entries were read.</param>
/// <param name="Head">The last hash as kept, whether right or not.</param>
/// <param name="FirstBad">
/// The first place where the chain does not hold: an entry that was changed, the place of one that is missing or out of
/// order, or the number after the last one when the end was cut off. Where all hashes fit and a checkpoint does not: the
/// first entry behind the last checkpoint that does.
/// </param>
/// <param name="Checkpoints">How many checkpoints were read.</param>
/// <param name="Covered">The last entry that a checkpoint vouches for; 0 for none.</param>
public sealed record LedgerVerification(
    bool IsOk, long Entries, string Head, long? FirstBad, int Checkpoints, long Covered);
