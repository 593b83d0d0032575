using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Storage.Rows;

internal sealed record LedgerKeyRow(string Key_id, string X, string Y, long Since)
{
    public LedgerPublicKey ToKey() => new(Key_id, X, Y, UnixMicros.ToTime(Since));
}

internal sealed record CheckpointRow(
    string Merchant_id, long Seq, string Head, long At, string Key_id, string Signature)
{
    public LedgerCheckpoint ToCheckpoint() =>
        new(MerchantId.Parse(Merchant_id), Seq, Head, UnixMicros.ToTime(At), Key_id, Signature);
}

internal sealed record StatementRow(
    string Merchant_id, string Statement_id, long Scope, string? Room_id, long From_at, long Closed_at, long Head_seq,
    string Head, long Policy_version, string? Digest)
{
    public ClosedStatement ToStatement() => new(
        MerchantId.Parse(Merchant_id), Statement_id, (StatementScope)Scope,
        Room_id is null ? null : RoomId.Parse(Room_id), UnixMicros.ToTime(From_at), UnixMicros.ToTime(Closed_at),
        new LedgerHead(MerchantId.Parse(Merchant_id), Head_seq, Head), (int)Policy_version, Digest);
}

internal sealed record EventLogRow(long Seq, long After_arrival, string Kind, string Content);
