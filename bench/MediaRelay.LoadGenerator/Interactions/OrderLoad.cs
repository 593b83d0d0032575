using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Statistics;
using MediaRelay.LoadGenerator.Presets;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>
/// The platform reports orders at a steady rate, and at another one during a flash sale, which begins after a third of the window; one a
/// call or in batches.
/// </summary>
internal sealed class OrderLoad
{
    // Calls under way at once; beyond it orders wait here and are late, which is reported.
    private const int MaxPending = 64;
    private const int Created = 201;
    private const int Ok = 200;
    private const int Unprocessable = 422;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    // An incomplete batch does not wait longer than this for the rest.
    private static readonly TimeSpan BatchPatience = TimeSpan.FromMilliseconds(50);

    private readonly LoadOptions _options;
    private readonly PlatformClient _platform;
    private readonly OrderMix _mix;
    private readonly Func<Timestamp> _now;
    private readonly SemaphoreSlim _pending = new(MaxPending);
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<JsonObject> _placed = new();
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _late = new();
    private readonly List<(OrderKind Kind, JsonObject Order)> _batch = [];
    private Timestamp _batchSince;
    private long _reported;
    private long _accepted;
    private long _repeated;
    private long _cancelled;
    private long _refused;

    public OrderLoad(LoadOptions options, PlatformClient platform, OrderMix mix, Func<Timestamp> now)
    {
        _options = options;
        _platform = platform;
        _mix = mix;
        _now = now;
    }

    /// <summary>Until <paramref name="end"/>; done when all that was reported is answered.</summary>
    public async Task RunAsync(TimeSpan window, Task end, CancellationToken cancellationToken)
    {
        var flashFrom = _now() + (window / 3);
        var flashTo = flashFrom + (_options.Flash?.Duration ?? TimeSpan.Zero);
        var pace = new Pace(_now());
        var calls = new List<Task>();
        while (!end.IsCompleted)
        {
            await Task.Delay(Tick, cancellationToken);
            var now = _now();
            var rate = _options.Flash is { } flash && now >= flashFrom && now < flashTo ? flash.PerSecond : _options.Orders;
            for (var due = pace.Take(now, rate); due > 0; due--)
            {
                await AddAsync(now, calls, cancellationToken);
            }

            if (_batch.Count > 0 && now - _batchSince >= BatchPatience)
            {
                await SendAsync(calls, cancellationToken);
            }

            calls.RemoveAll(call => call.IsCompletedSuccessfully);
        }

        if (_batch.Count > 0)
        {
            await SendAsync(calls, cancellationToken);
        }

        await Task.WhenAll(calls);
    }

    public OrderReport Report() => new(
        _reported, _accepted, _repeated, _cancelled, _refused, _failures.Values.Sum(), _failures.ToDictionary(StringComparer.Ordinal),
        Percentiles.Of(_latency), Percentiles.Of(_late));

    private async Task AddAsync(Timestamp now, List<Task> calls, CancellationToken cancellationToken)
    {
        while (_placed.TryDequeue(out var placed))
        {
            _mix.Remember(placed);
        }

        if (_batch.Count == 0)
        {
            _batchSince = now;
        }

        _batch.Add(_mix.Next());
        if (_batch.Count >= _options.OrderBatch)
        {
            await SendAsync(calls, cancellationToken);
        }
    }

    private async Task SendAsync(List<Task> calls, CancellationToken cancellationToken)
    {
        var due = _now();
        await _pending.WaitAsync(cancellationToken);
        _late.Record(_now() - due);
        calls.Add(SendAsync([.. _batch], cancellationToken));
        _batch.Clear();
    }

    private async Task SendAsync(IReadOnlyList<(OrderKind Kind, JsonObject Order)> events, CancellationToken cancellationToken)
    {
        try
        {
            var sentAt = _now();
            var (statuses, problem) = await PostAsync(events, cancellationToken);
            var took = _now() - sentAt;
            for (var i = 0; i < events.Count; i++)
            {
                Interlocked.Increment(ref _reported);
                _latency.Record(took);
                Count(events[i].Kind, events[i].Order, statuses.Count > 0 ? statuses[i] : 0, problem);
            }
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task<(IReadOnlyList<int> Statuses, SignalingProblem? Problem)> PostAsync(
        IReadOnlyList<(OrderKind Kind, JsonObject Order)> events, CancellationToken cancellationToken)
    {
        if (events.Count > 1)
        {
            // A node of JSON belongs to one parent, and the orders are needed again.
            return await _platform.PostOrdersAsync(
                [.. events.Select(entry => (JsonObject)entry.Order.DeepClone())], cancellationToken);
        }

        var problem = await _platform.PostOrderAsync(events[0].Order, cancellationToken);
        return ([problem?.Status ?? Created], problem);
    }

    private void Count(OrderKind kind, JsonObject order, int status, SignalingProblem? problem)
    {
        switch (kind, status)
        {
            case (OrderKind.Placed, Created or Ok):
                Interlocked.Increment(ref _accepted);
                _placed.Enqueue(order);
                break;
            case (OrderKind.Repeated, Created or Ok):
                Interlocked.Increment(ref _repeated);
                break;
            case (OrderKind.Cancelled, Created or Ok):
                Interlocked.Increment(ref _cancelled);
                break;
            case (OrderKind.WrongOwner, Unprocessable):
                Interlocked.Increment(ref _refused);
                break;
            default:
                var why = problem is null ? status.ToString() : $"{problem.Status} {problem.Title}";
                _failures.AddOrUpdate($"{kind}: {why}", 1, static (_, count) => count + 1);
                break;
        }
    }
}
