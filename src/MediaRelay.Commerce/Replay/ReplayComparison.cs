namespace MediaRelay.Commerce.Replay;

/// <summary>One thing that was made anew, beside what the store has.</summary>
/// <param name="Subject">What it is, as <c>ledger silk</c>.</param>
/// <param name="Replayed">Its hash from the log.</param>
/// <param name="Stored">Its hash from the tables.</param>
public sealed record ReplayComparison(string Subject, string Replayed, string Stored)
{
    public bool IsEqual => Replayed == Stored;
}
