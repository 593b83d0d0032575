using MediaRelay.Commerce.State;
using MediaRelay.Storage.Schema;
using MediaRelay.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>Writes each transaction under a savepoint of its own and flushes once, when all of a group are in.</summary>
internal sealed class SqliteGroupTarget : IGroupTarget
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatements _statements;

    /// <summary>Opens or creates the database; throws <see cref="SqliteException"/> when that cannot be.</summary>
    public SqliteGroupTarget(string connectionString)
    {
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            SchemaSteps.Migrate(_connection, SqliteDialect.Instance);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        _statements = new SqliteStatements(_connection);
    }

    public int Write(IReadOnlyList<IReadOnlyList<CommerceChange>> transactions, out CommerceStoreException? failure)
    {
        var written = 0;
        failure = null;
        try
        {
            Execute("BEGIN IMMEDIATE");
            while (written < transactions.Count && TryWrite(transactions[written], out failure))
            {
                written++;
            }

            Execute("COMMIT");
            return written;
        }
        catch (SqliteException e)
        {
            failure = new CommerceStoreException($"The database cannot be written: {e.Message}", e);
            RollBack();
            return 0;
        }
    }

    // The connection outlives a full or failing disk: the next write tells whether it works again.
    public void Reset()
    {
    }

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
    }

    private bool TryWrite(IReadOnlyList<CommerceChange> changes, out CommerceStoreException? failure)
    {
        Execute("SAVEPOINT one");
        try
        {
            foreach (var change in changes)
            {
                ChangeStatements.Write(change, _statements);
            }

            Execute("RELEASE one");
            failure = null;
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            // Memory and database disagree. What was written before this transaction is right and stays.
            failure = new CommerceStoreException($"The database contradicts a change: {e.Message}", e);
            Execute("ROLLBACK TO one");
            Execute("RELEASE one");
            return false;
        }
    }

    // Some errors (a full disk) have rolled back already, and then there is nothing to do.
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
