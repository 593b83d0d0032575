namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Ledger</c>: when and with what the heads of ledgers are signed.</summary>
internal sealed class LedgerOptions
{
    public const string Section = "MediaRelay:Ledger";

    /// <summary>Entries of one ledger after which its head is signed, 1–1,000,000.</summary>
    public int CheckpointEntries { get; set; } = 1000;

    /// <summary>How long an entry waits at most for a signed head, 1 s to 1 day.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// PEM text of a private key of the curve P-256; empty: the file <c>ledger-key.pem</c> in the data directory, made at the first
    /// start.
    /// </summary>
    public string SigningKey { get; set; } = "";
}
