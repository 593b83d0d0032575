using Dapper;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Postgres;
using MediaRelay.Testing.Postgres;
using Npgsql;

namespace MediaRelay.Storage.Tests.Nights;

/// <summary>A new database on the tests' own server.</summary>
internal sealed class PostgresDatabase : ITestDatabase
{
    private readonly PostgresServer _server;

    private PostgresDatabase(PostgresServer server, string name)
    {
        _server = server;
        Name = name;
    }

    public string Name { get; }

    public string ConnectionString => _server.ConnectionString(Name);

    public static async Task<PostgresDatabase> CreateAsync(PostgresServer server) =>
        new(server, await server.CreateDatabaseAsync());

    public static PostgresSettings Settings(string connectionString) =>
        PostgresSettings.TryRead(connectionString, out var settings, out var reason)
            ? settings
            : throw new InvalidOperationException(reason);

    public async Task<CommerceStore> OpenStoreAsync() => await PostgresCommerceStore.OpenAsync(Settings(ConnectionString));

    public void Execute(string sql)
    {
        using var connection = Open();
        connection.Execute(sql);
    }

    public T Query<T>(string sql)
    {
        using var connection = Open();
        return connection.QuerySingle<T>(sql);
    }

    public IReadOnlyDictionary<string, long> CountRows()
    {
        using var connection = Open();
        return connection.Query<string>("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").ToDictionary(
            table => table, table => connection.ExecuteScalar<long>($"SELECT count(*) FROM {table}"), StringComparer.Ordinal);
    }

    public void SetSchemaVersion(int version) =>
        Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"UPDATE mediarelay_schema SET version = {version}"));

    public void AllowUpdates(string table) => Execute($"DROP TRIGGER {table}_no_update ON {table}");

    public async ValueTask DisposeAsync() => await _server.DropDatabaseAsync(Name);

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        return connection;
    }
}
