using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>
/// Commerce on an embedded SQLite file. Every commit is on disk before it is answered (write-ahead log,
/// synchronous=FULL), so a killed process loses nothing that it acknowledged; and commits that wait at the same time
/// share one write.
/// </summary>
public sealed class SqliteCommerceStore : CommerceStore
{
    /// <summary>The database's name in the data directory.</summary>
    public const string FileName = "commerce.db";

    private readonly DataDirectoryLock _lock;
    private readonly string _readConnectionString;
    private readonly SqliteReader _reader;
    private readonly SqliteWriter _writer;

    private SqliteCommerceStore(DataDirectoryLock directoryLock, string file)
    {
        _lock = directoryLock;

        // The writer has one connection for life and first: it makes the database that the pooled ones read.
        _writer = new SqliteWriter(ConnectionString(file, isPooled: false));
        _readConnectionString = ConnectionString(file, isPooled: true);
        _reader = new SqliteReader(_readConnectionString);
    }

    public override int QueuedTransactions => _writer.Queued;

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

    public override async Task<StoredTotals> LoadAsync(
        DateTimeOffset touchesSince, Action<CommerceChange> apply, CancellationToken cancellationToken)
    {
        await _writer.ResetAsync();
        return await Task.Run(() => _reader.Load(touchesSince, apply), cancellationToken);
    }

    public override Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable) =>
        _writer.CommitAsync(changes, onDurable);

    // Tens of microseconds from the page cache: less than a change of threads.
    public override Task<StoredOrder> ReadOrderAsync(
        OrderId orderId, EventId? eventId, CancellationToken cancellationToken) =>
        Task.FromResult(_reader.ReadOrder(orderId, eventId));

    public override Task<ImmutableArray<LedgerEntry>> ReadLedgerAsync(
        MerchantId merchantId, long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.ReadLedger(merchantId, after, limit), cancellationToken);

    public override Task<LedgerHead> ScanLedgerAsync(
        MerchantId merchantId, Action<LedgerEntry> visit, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.ScanLedger(merchantId, visit, cancellationToken), cancellationToken);

    public override Task<ImmutableArray<QuarantinedEvent>> ReadQuarantineAsync(
        long after, int limit, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.ReadQuarantine(after, limit), cancellationToken);

    public override Task<ImmutableArray<ShareCodeSales>> ReadShareCodeSalesAsync(
        MerchantId merchantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.ReadShareCodeSales(merchantId, from, to), cancellationToken);

    /// <summary>Writes what is queued, then closes the database and gives the directory free.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        using (var pooled = new SqliteConnection(_readConnectionString))
        {
            SqliteConnection.ClearPool(pooled);
        }

        _lock.Dispose();
    }

    private static string ConnectionString(string file, bool isPooled) =>
        new SqliteConnectionStringBuilder { DataSource = file, Pooling = isPooled }.ToString();
}
