using System.Data;
using Dapper;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace MediaRelay.Storage.Postgres;

/// <summary>
/// Copies everything that SQLite keeps into an empty PostgreSQL database, row by row, so that chains, numbers and the key
/// of the click tokens stay what they are. Both databases are kept from other processes meanwhile.
/// </summary>
public static class PostgresMove
{
    /// <summary>Copies all tables in one transaction and gives the rows of each.</summary>
    /// <exception cref="CommerceStoreException">
    /// One of the databases cannot be used, or the one to be filled is not empty; nothing is copied then.
    /// </exception>
    public static Task<IReadOnlyDictionary<string, long>> RunAsync(string directory, PostgresSettings settings) =>
        Task.Run(() => Run(directory, settings));

    private static IReadOnlyDictionary<string, long> Run(string directory, PostgresSettings settings)
    {
        var file = Path.GetFullPath(Path.Combine(directory, SqliteCommerceStore.FileName));
        if (!File.Exists(file))
        {
            throw new CommerceStoreException($"There is no database '{file}'.");
        }

        using var directoryLock = DataDirectoryLock.Take(directory);
        var from = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();
        try
        {
            // Brings its tables to this version, which are the ones that the other database gets.
            new SqliteGroupTarget(from).Dispose();
            using var source = new SqliteConnection(from);
            source.Open();
            using var session = PostgresSession.Open(settings, previous: null);
            return Copy(source, session.Connection);
        }
        catch (SqliteException e)
        {
            throw new CommerceStoreException($"The database in '{directory}' cannot be read: {e.Message}", e);
        }
        catch (NpgsqlException e)
        {
            throw new CommerceStoreException($"The database {settings.Place} cannot be filled: {e.Message}", e);
        }
    }

    private static Dictionary<string, long> Copy(SqliteConnection source, NpgsqlConnection target)
    {
        var tables = source.Query<string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").ToList();
        using var all = target.BeginTransaction();
        foreach (var table in tables.Where(table => table != "meta"))
        {
            if (target.ExecuteScalar<bool>($"SELECT EXISTS (SELECT FROM {table})"))
            {
                throw new CommerceStoreException($"The PostgreSQL database is not empty: table {table} has rows.");
            }
        }

        // A new database has made a key of its own, by which no token in a viewer's hands was signed.
        target.Execute("DELETE FROM meta");
        var copied = tables.ToDictionary(table => table, table => Copy(source, target, table), StringComparer.Ordinal);
        all.Commit();
        return copied;
    }

    private static long Copy(SqliteConnection source, NpgsqlConnection target, string table)
    {
        var columns = source.Query<Column>($"SELECT name, type FROM pragma_table_info('{table}')").ToList();
        var names = string.Join(", ", columns.Select(column => column.Name));
        using var rows = source.ExecuteReader($"SELECT {names} FROM {table}");
        using var writer = target.BeginBinaryImport($"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)");
        while (rows.Read())
        {
            writer.StartRow();
            for (var i = 0; i < columns.Count; i++)
            {
                Write(writer, rows, i, columns[i].Type);
            }
        }

        return (long)writer.Complete();
    }

    private static void Write(NpgsqlBinaryImporter writer, IDataReader row, int column, string type)
    {
        if (row.IsDBNull(column))
        {
            writer.WriteNull();
        }
        else if (type == SqliteDialect.Instance.Integer)
        {
            writer.Write(row.GetInt64(column), NpgsqlDbType.Bigint);
        }
        else if (type == SqliteDialect.Instance.Text)
        {
            writer.Write(row.GetString(column), NpgsqlDbType.Text);
        }
        else
        {
            writer.Write((byte[])row.GetValue(column), NpgsqlDbType.Bytea);
        }
    }

    private sealed record Column(string Name, string Type);
}
