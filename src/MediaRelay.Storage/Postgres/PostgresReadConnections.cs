using System.Data;
using System.Data.Common;
using MediaRelay.Storage.Reading;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

internal sealed class PostgresReadConnections(NpgsqlDataSource source) : IReadConnections
{
    public DbConnection Create() => source.CreateConnection();

    public DbTransaction BeginSnapshot(DbConnection connection) =>
        connection.BeginTransaction(IsolationLevel.RepeatableRead);
}
