using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Reading;
using Npgsql;

namespace MediaRelay.Storage.Postgres;

/// <summary>
/// Commerce on a PostgreSQL server (14 or newer). One process writes a database at a time; its connection lost is a store
/// that failed, and the next load connects again.
/// </summary>
public sealed class PostgresCommerceStore : SqlCommerceStore
{
    private readonly NpgsqlDataSource _source;
    private readonly OrderReadGroups _orders;

    private PostgresCommerceStore(NpgsqlDataSource source, PostgresGroupTarget target)
        : base(new PostgresReadConnections(source), target)
    {
        _source = source;
        _orders = new OrderReadGroups(new PostgresOrderReader(source).ReadAsync);
    }

    /// <summary>
    /// Connects and makes the tables if need be. Throws <see cref="CommerceStoreException"/> when the server cannot be
    /// reached, refuses, does not flush its disk, is written by another instance, or by a newer version.
    /// </summary>
    public static Task<PostgresCommerceStore> OpenAsync(PostgresSettings settings) => Task.Run(() =>
    {
        var target = new PostgresGroupTarget(settings);
        return new PostgresCommerceStore(NpgsqlDataSource.Create(settings.Reading), target);
    });

    public override Task<StoredOrder> ReadOrderAsync(
        OrderId orderId, EventId? eventId, CancellationToken cancellationToken) =>
        _orders.ReadAsync(new OrderQuestion(orderId, eventId), cancellationToken);

    private protected override void ReleaseConnections() => _source.Dispose();
}
