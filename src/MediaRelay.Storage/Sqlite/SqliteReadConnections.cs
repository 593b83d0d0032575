using System.Data.Common;
using MediaRelay.Storage.Reading;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

internal sealed class SqliteReadConnections(string connectionString) : IReadConnections
{
    public DbConnection Create() => new SqliteConnection(connectionString);

    // Deferred: in WAL mode it sees one moment, whatever is written meanwhile.
    public DbTransaction BeginSnapshot(DbConnection connection) =>
        ((SqliteConnection)connection).BeginTransaction(deferred: true);
}
