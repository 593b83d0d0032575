using System.Globalization;
using Dapper;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Tests.Nights;

/// <summary>A temporary directory.</summary>
internal sealed class SqliteDatabase(string directory) : ITestDatabase
{
    public SqliteDatabase()
        : this(System.IO.Directory.CreateTempSubdirectory("mediarelay-").FullName)
    {
    }

    public string Directory => directory;

    public string Name => directory;

    public string File => Path.Combine(directory, SqliteCommerceStore.FileName);

    public Task<CommerceStore> OpenStoreAsync() => Task.FromResult<CommerceStore>(SqliteCommerceStore.Open(directory));

    public void Execute(string sql)
    {
        using var connection = Open();
        connection.Execute(sql);
    }

    public IReadOnlyDictionary<string, long> CountRows()
    {
        using var connection = Open();
        return connection.Query<string>("SELECT name FROM sqlite_schema WHERE type = 'table'").ToDictionary(
            table => table, table => connection.ExecuteScalar<long>($"SELECT count(*) FROM {table}"), StringComparer.Ordinal);
    }

    public void SetSchemaVersion(int version) =>
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));

    public void AllowUpdates(string table) => Execute($"DROP TRIGGER {table}_no_update");

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }
}
