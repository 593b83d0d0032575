using System.Diagnostics;
using Microsoft.Extensions.Options;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.State;
using MediaRelay.Server.Ledger;
using MediaRelay.Server.Options;
using MediaRelay.Storage.Postgres;
using MediaRelay.Storage.Sqlite;

namespace MediaRelay.Server.Hosting;

/// <summary>Opens the commerce part before the server takes requests, and closes it after the last one.</summary>
internal sealed class CommerceHost(
    IOptions<DataOptions> data,
    IOptions<CoHostOptions> coHost,
    IOptions<LimitsOptions> limits,
    IOptions<LedgerOptions> ledger,
    IOptions<WebhookOptions> webhooks,
    TimeProvider time,
    IServiceProvider services) : IHostedService, IReadinessCheck
{
    private readonly Lock _lock = new();
    private CommerceService? _service;
    private LedgerSigner? _signer;
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
            store = await OpenStoreAsync(data.Value);
            _service = await OpenAsync(store, cancellationToken);
        }
        catch (StartRefusedException)
        {
            await DisposeAsync(store);
            throw;
        }
        catch (CommerceStoreException unusable)
        {
            await DisposeAsync(store);

            var setting = IsPostgres ? nameof(DataOptions.ConnectionString) : nameof(DataOptions.Directory);
            throw new StartRefusedException($"{DataOptions.Section}:{setting}: {unusable.Message}", unusable);
        }
    }

    // Hosts may be stopped from two sides at once; both wait for the one close.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _closing ??= CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _signer?.Dispose();
    }

    private static ValueTask DisposeAsync(CommerceStore? store) => store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool IsPostgres => !string.IsNullOrWhiteSpace(data.Value.ConnectionString);

    /// <summary>The store that the settings name, kept to this process.</summary>
    /// <exception cref="CommerceStoreException">It cannot be used, or another process uses it.</exception>
    public static async Task<CommerceStore> OpenStoreAsync(DataOptions data)
    {
        if (string.IsNullOrWhiteSpace(data.ConnectionString))
        {
            return SqliteCommerceStore.Open(data.Directory);
        }

        return PostgresSettings.TryRead(data.ConnectionString, out var settings, out var reason)
            ? await PostgresCommerceStore.OpenAsync(settings)
            : throw new UnreachableException($"Options are validated before anything starts, but {reason}.");
    }

    private Task<CommerceService> OpenAsync(CommerceStore store, CancellationToken cancellationToken)
    {
        // Behind the store, whose directory is this process's own from then on.
        _signer = LedgerKey.Open(ledger.Value, data.Value.Directory);
        var options = new CommerceOptions
        {
            InviteTimeout = coHost.Value.InviteTimeout,
            MaxRooms = limits.Value.Rooms,
            CheckpointEntries = ledger.Value.CheckpointEntries,
            CheckpointInterval = ledger.Value.CheckpointInterval,
            MaxWebhooks = webhooks.Value.MaxWebhooks,
            MaxOutboxEvents = webhooks.Value.MaxBacklogEvents,
            MaxOutboxBytes = webhooks.Value.MaxBacklogBytes,
        };
        return CommerceService.OpenAsync(
            time.GetUtcNow(), store, options, services.GetService<MediaTimeSource>(), services.GetService<SpeakerSource>(), _signer,
            cancellationToken);
    }
}
