using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Signs heads of ledgers when they are due, and makes known what they are signed with.</summary>
/// <param name="signer">Null: nothing is signed.</param>
internal sealed class LedgerDesk(CommerceState state, LedgerSigner? signer)
{
    // A signature takes some 50 µs under the lock that orders wait for; those that are left come with the next call.
    private const int MaxSignaturesAtOnce = 16;

    /// <summary>When <see cref="HandleTimeout"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextTimeout => signer is null ? null : state.Checkpoints.Next;

    /// <summary>Makes the signer's key one of those that checkpoints are checked with.</summary>
    public void Publish(DateTimeOffset now, Decision decision)
    {
        if (signer is not null && !state.LedgerKeys.ContainsKey(signer.KeyId))
        {
            decision.Record(new LedgerKeyChange(new LedgerPublicKey(signer.KeyId, signer.X, signer.Y, now)));
        }
    }

    public void HandleTimeout(DateTimeOffset now, Decision decision)
    {
        if (signer is null)
        {
            return;
        }

        foreach (var merchant in state.Checkpoints.DueAt(now, MaxSignaturesAtOnce))
        {
            decision.Record(new CheckpointChange(signer.Sign(now, state.Head(merchant))));
        }
    }
}
