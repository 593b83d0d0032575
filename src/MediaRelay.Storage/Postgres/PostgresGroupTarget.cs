using System.Data.Common;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Writing;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

/// <summary>
/// Sends a group as one batch, which is one transaction and one way to the server and back. Only when the database
/// contradicts one of them are they written one after the other, to keep those before it.
/// </summary>
internal sealed class PostgresGroupTarget : IGroupTarget
{
    private const string IntegrityConstraintViolation = "23";

    private readonly PostgresSettings _settings;
    private PostgresSession _session;

    /// <summary>Connects; throws <see cref="CommerceStoreException"/> when that cannot be.</summary>
    public PostgresGroupTarget(PostgresSettings settings)
    {
        _settings = settings;
        _session = PostgresSession.Open(settings, previous: null);
    }

    public int Write(IReadOnlyList<IReadOnlyList<CommerceChange>> transactions, out CommerceStoreException? failure)
    {
        failure = null;
        try
        {
            return TryWriteAll(transactions) ? transactions.Count : WriteUntilContradicted(transactions, out failure);
        }
        catch (Exception e) when (e is DbException || !_session.IsOpen)
        {
            // Whether a commit that got no answer took place is not known; reading anew tells. A connection that broke
            // since the last write is an InvalidOperationException.
            _session.Dispose();
            failure = new CommerceStoreException($"The database cannot be written: {e.Message}", e);
            return 0;
        }
    }

    public void Reset()
    {
        if (!_session.IsOpen)
        {
            _session = PostgresSession.Open(_settings, _session);
        }
    }

    public void Dispose() => _session.Dispose();

    // False when the database contradicts one of them; nothing of any is written then.
    private bool TryWriteAll(IReadOnlyList<IReadOnlyList<CommerceChange>> transactions)
    {
        using var batch = new NpgsqlBatch(_session.Connection);
        foreach (var changes in transactions)
        {
            Gather(changes, batch);
        }

        try
        {
            Run(batch);
            return true;
        }
        catch (PostgresException e) when (IsContradiction(e))
        {
            return false;
        }
    }

    private int WriteUntilContradicted(
        IReadOnlyList<IReadOnlyList<CommerceChange>> transactions, out CommerceStoreException? failure)
    {
        var written = 0;
        failure = null;
        using var all = _session.Connection.BeginTransaction();
        try
        {
            foreach (var changes in transactions)
            {
                all.Save("one");
                using var batch = new NpgsqlBatch(_session.Connection, all);
                Gather(changes, batch);
                Run(batch);
                written++;
            }
        }
        catch (PostgresException e) when (IsContradiction(e))
        {
            // Memory and database disagree. What was written before this transaction is right and stays.
            failure = new CommerceStoreException($"The database contradicts a change: {e.MessageText}", e);
            all.Rollback("one");
        }

        all.Commit();
        return written;
    }

    private static void Gather(IReadOnlyList<CommerceChange> changes, NpgsqlBatch batch)
    {
        var statements = new PostgresStatements(batch);
        foreach (var change in changes)
        {
            ChangeStatements.Write(change, statements);
        }
    }

    private static void Run(NpgsqlBatch batch)
    {
        if (batch.BatchCommands.Count > 0)
        {
            batch.ExecuteNonQuery();
        }
    }

    private static bool IsContradiction(PostgresException e) =>
        e.SqlState.StartsWith(IntegrityConstraintViolation, StringComparison.Ordinal);
}
