using Microsoft.Extensions.Options;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.State;
using MediaRelay.Server.Options;
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

    /// <exception cref="StartRefusedException">The directory cannot be used, or another process uses it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        SqliteCommerceStore? store = null;
        try
        {
            store = SqliteCommerceStore.Open(data.Value.Directory);
            _service = await OpenAsync(store, cancellationToken);
        }
        catch (CommerceStoreException unusable)
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            throw new StartRefusedException($"{DataOptions.Section}:{nameof(DataOptions.Directory)}: {unusable.Message}", unusable);
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

    private Task<CommerceService> OpenAsync(SqliteCommerceStore store, CancellationToken cancellationToken)
    {
        var options = new CommerceOptions { InviteTimeout = coHost.Value.InviteTimeout, MaxRooms = limits.Value.Rooms };
        return CommerceService.OpenAsync(time.GetUtcNow(), store, options, services.GetService<MediaTimeSource>(), cancellationToken);
    }
}
