using System.Data.Common;
using Dapper;
using MediaRelay.Storage.Schema;

namespace MediaRelay.Storage.Postgres;

/// <summary>PostgreSQL has no place for a version of its own, so the steps are counted in a table.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    public static readonly PostgresDialect Instance = new();

    private PostgresDialect()
    {
    }

    public override string Integer => "bigint";

    // The order of bytes, whatever language the database was made for.
    public override string Text => "text COLLATE \"C\"";

    public override string Blob => "bytea";

    public override string TableOptions => "";

    public override string MakeAppendOnly(string table) =>
        $"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''the {table} is append-only''; END';
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
        """;

    public override long ReadVersion(DbConnection connection) =>
        connection.ExecuteScalar<bool>("SELECT to_regclass('mediarelay_schema') IS NOT NULL")
            ? connection.ExecuteScalar<long>("SELECT version FROM mediarelay_schema")
            : 0;

    public override void WriteVersion(DbConnection connection, long version) => connection.Execute(
        """
        CREATE TABLE IF NOT EXISTS mediarelay_schema (version bigint NOT NULL);
        DELETE FROM mediarelay_schema;
        INSERT INTO mediarelay_schema (version) VALUES (@version)
        """,
        new { version });
}
