using System.Data.Common;
using System.Globalization;
using Dapper;
using MediaRelay.Storage.Schema;

namespace MediaRelay.Storage.Sqlite;

/// <summary>SQLite counts the steps in <c>PRAGMA user_version</c>.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public static readonly SqliteDialect Instance = new();

    private SqliteDialect()
    {
    }

    public override string Integer => "INTEGER";

    public override string Text => "TEXT";

    public override string Blob => "BLOB";

    public override string TableOptions => "WITHOUT ROWID, STRICT";

    // Whoever changes rows by hand has to remove the triggers first.
    public override string MakeAppendOnly(string table) =>
        $"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END;
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END;
        """;

    public override long ReadVersion(DbConnection connection) => connection.ExecuteScalar<long>("PRAGMA user_version");

    public override void WriteVersion(DbConnection connection, long version) =>
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));
}
