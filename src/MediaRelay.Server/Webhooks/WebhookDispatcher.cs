using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Webhooks;

/// <summary>Keeps a worker for each webhook, and tells it what has become durable for it.</summary>
internal sealed class WebhookDispatcher : BackgroundService, ICommerceListener
{
    // What the events did not tell, as after a failure of the store, is found this late.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly CommerceHost _commerce;
    private readonly Func<Webhook, WebhookWorker> _makeWorker;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<WebhookId, WebhookWorker> _workers = new();
    private readonly ConcurrentDictionary<Task, byte> _ending = new();
    private bool _isRunning;

    public WebhookDispatcher(
        CommerceHost commerce, WebhookSender sender, WebhookMetrics metrics, IOptions<WebhookOptions> options, IMeterFactory factory,
        TimeProvider time, ILogger<WebhookDispatcher> logger)
    {
        _commerce = commerce;
        _time = time;
        _makeWorker = webhook => new WebhookWorker(webhook, commerce, sender, metrics, options.Value, time, logger);
        var meter = factory.CreateRelayMeter();
        meter.CreateObservableGauge("webhooks", () => _workers.Count, description: "Webhooks that exist.");
        meter.CreateObservableGauge(
            "webhook_backlog", () => _workers.Values.Sum(worker => worker.Backlog.Events), description: "Events that wait for receivers.");
        meter.CreateObservableGauge(
            "webhook_backlog_used",
            () => _workers.Values.Select(worker => Math.Max(
                (double)worker.Backlog.Events / options.Value.MaxBacklogEvents,
                (double)worker.Backlog.Bytes / options.Value.MaxBacklogBytes)).DefaultIfEmpty().Max(),
            description: "Part of its bound, 0 to 1, that the fullest outbox holds in events or bytes; from 1 on events are given up.");
        meter.CreateObservableGauge(
            "webhook_oldest_seconds",
            () => _workers.Values.Select(worker => worker.OldestAt is { } at ? (time.GetUtcNow() - at).TotalSeconds : 0).DefaultIfEmpty().Max(),
            description: "Age of the oldest event that waits for a receiver.");
    }

    public void Handle(CommerceEvent commerceEvent)
    {
        switch (commerceEvent)
        {
            case OutboxGrew grown when _workers.TryGetValue(grown.WebhookId, out var worker):
                foreach (var (stream, lastSeq) in grown.Streams)
                {
                    worker.Grow(stream, lastSeq);
                }

                break;
            case WebhookChanged { Webhook: { } webhook }:
                Set(webhook);
                break;
            case WebhookChanged { WebhookId: var id }:
                End(id);
                break;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (_lock)
        {
            _isRunning = true;
        }

        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            do
            {
                Compare();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }

        lock (_lock)
        {
            _isRunning = false;
        }

        foreach (var id in _workers.Keys)
        {
            End(id);
        }

        await Task.WhenAll(_ending.Keys);
    }

    private void Compare()
    {
        // Whoever has a worker now and is not on the list that is made then was deleted.
        var known = _workers.Keys.ToList();
        var webhooks = _commerce.Service.Webhooks.List();
        foreach (var webhook in webhooks)
        {
            Set(webhook);
        }

        foreach (var id in known.Except(webhooks.Select(webhook => webhook.Id)))
        {
            End(id);
        }
    }

    private void Set(Webhook webhook)
    {
        lock (_lock)
        {
            if (!_isRunning)
            {
                return;
            }

            if (_workers.TryGetValue(webhook.Id, out var worker) && worker.Key == webhook.Key)
            {
                worker.Update(webhook);
                return;
            }

            End(webhook.Id);
            _workers[webhook.Id] = _makeWorker(webhook);
        }
    }

    private void End(WebhookId id)
    {
        if (_workers.TryRemove(id, out var worker))
        {
            var ending = worker.DisposeAsync().AsTask();
            _ending[ending] = 0;
            _ = ending.ContinueWith(
                done => _ending.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
