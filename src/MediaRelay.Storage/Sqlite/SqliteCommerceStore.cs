using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>Commerce on an embedded SQLite file, with a write-ahead log and <c>synchronous=FULL</c>.</summary>
public sealed class SqliteCommerceStore : SqlCommerceStore
{
    /// <summary>The database's name in the data directory.</summary>
    public const string FileName = "commerce.db";

    private readonly DataDirectoryLock _lock;
    private readonly string _readConnectionString;

    // The writer has one connection for life and first: it makes the database that the pooled ones read.
    private SqliteCommerceStore(DataDirectoryLock directoryLock, string file)
        : base(
            new SqliteReadConnections(ConnectionString(file, isPooled: true)),
            new SqliteGroupTarget(ConnectionString(file, isPooled: false)))
    {
        _lock = directoryLock;
        _readConnectionString = ConnectionString(file, isPooled: true);
    }

    /// <summary>
    /// Opens or creates the database in a directory and keeps the directory to this process; throws <see
    /// cref="CommerceStoreException"/> when it is in use, not writable, damaged, or written by a newer version.
    /// </summary>
    public static SqliteCommerceStore Open(string directory)
    {
        var directoryLock = DataDirectoryLock.Take(directory);
        try
        {
            return new SqliteCommerceStore(directoryLock, Path.GetFullPath(Path.Combine(directory, FileName)));
        }
        catch (SqliteException e)
        {
            directoryLock.Dispose();
            throw new CommerceStoreException($"The database in '{directory}' cannot be opened: {e.Message}", e);
        }
        catch (CommerceStoreException)
        {
            directoryLock.Dispose();
            throw;
        }
    }

    // Tens of microseconds from the page cache: less than a change of threads.
    public override Task<StoredOrder> ReadOrderAsync(
        OrderId orderId, EventId? eventId, CancellationToken cancellationToken) =>
        Task.FromResult(Reader.ReadOrder(orderId, eventId));

    private protected override void ReleaseConnections()
    {
        using (var pooled = new SqliteConnection(_readConnectionString))
        {
            SqliteConnection.ClearPool(pooled);
        }

        _lock.Dispose();
    }

    private static string ConnectionString(string file, bool isPooled) =>
        new SqliteConnectionStringBuilder { DataSource = file, Pooling = isPooled }.ToString();
}
