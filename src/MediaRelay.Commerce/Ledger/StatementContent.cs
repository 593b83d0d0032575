namespace MediaRelay.Commerce.Ledger;

/// <summary>A closed statement with its document as the ledger gives it now.</summary>
/// <param name="Document">UTF-8 JSON, see <see cref="StatementDocument"/>.</param>
/// <param name="Digest">SHA-256 of the document, 64 hex digits.</param>
public sealed record StatementContent(ClosedStatement Statement, ReadOnlyMemory<byte> Document, string Digest)
{
    /// <summary>False when the ledger no longer gives what was closed: something under the statement was changed.</summary>
    public bool IsIntact => Statement.Digest is null || Statement.Digest == Digest;
}
