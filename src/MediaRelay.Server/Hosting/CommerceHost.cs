using System.Diagnostics;
using Microsoft.Extensions.Options;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.State;
using MediaRelay.Server.Options;
using MediaRelay.Storage.Postgres;
using MediaRelay.Storage.Sqlite;

namespace MediaRelay.Server.Hosting;

/// <summary>Opens the commerce part before the server takes requests, and closes it after the last one.</summary>
internal sealed class CommerceHost(
    IOptions<DataOptions> data,
    IOptions<CoHostOptions> coHost,
    IOptions<LimitsOptions> limits,
    TimeProvider time,
    IServiceProvider services) : IHostedService, IReadinessCheck
{
    private readonly Lock _lock = new();
    private CommerceService? _service;
    private Task? _closing;

    /// <summary>The commerce part; throws <see cref="InvalidOperationException"/> before the server has started.</summary>
    public CommerceService Service => _service ?? throw new InvalidOperationException("The commerce part is not open yet.");

    public string Name => "database";

    public string? NotReadyBecause => _service switch
    {
        null => "it is not open yet",
        { IsHealthy: false } => "it cannot write",
        _ => null,
    };

    /// <exception cref="StartRefusedException">The database cannot be used, or another process uses it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        CommerceStore? store = null;
        try
        {
            store = await OpenStoreAsync();
            _service = await OpenAsync(store, cancellationToken);
        }
        catch (CommerceStoreException unusable)
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            var setting = IsPostgres ? nameof(DataOptions.ConnectionString) : nameof(DataOptions.Directory);
            throw new StartRefusedException($"{DataOptions.Section}:{setting}: {unusable.Message}", unusable);
        }
    }

    // Hosts may be stopped from two sides at once; both wait for the one close.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _closing ??= _service?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        }
    }

    private bool IsPostgres => !string.IsNullOrWhiteSpace(data.Value.ConnectionString);

    private async Task<CommerceStore> OpenStoreAsync()
    {
        if (!IsPostgres)
        {
            return SqliteCommerceStore.Open(data.Value.Directory);
        }

        return PostgresSettings.TryRead(data.Value.ConnectionString!, out var settings, out var reason)
            ? await PostgresCommerceStore.OpenAsync(settings)
            : throw new UnreachableException($"Options are validated before anything starts, but {reason}.");
    }

    private Task<CommerceService> OpenAsync(CommerceStore store, CancellationToken cancellationToken)
    {
        var options = new CommerceOptions { InviteTimeout = coHost.Value.InviteTimeout, MaxRooms = limits.Value.Rooms };
        return CommerceService.OpenAsync(time.GetUtcNow(), store, options, services.GetService<MediaTimeSource>(), cancellationToken);
    }
}
