using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Webhooks;

/// <summary>
/// Delivers what waits for one receiver. What it does is decided by <see cref="WebhookDelivery"/>, in one loop that nothing
/// slow runs in: reads, sendings and removals are under way beside it and report back. Workers share nothing but the store, so
/// a slow receiver delays nobody else.
/// </summary>
internal sealed partial class WebhookWorker : IAsyncDisposable
{
    // Delivered events are taken out of the outbox together: one write for many, and few to send again after a crash.
    private const int RemoveAt = 64;
    private const int ShedAtOnce = 1000;
    private static readonly TimeSpan RemoveAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(5);

    private readonly WebhookId _id;
    private readonly CommerceHost _commerce;
    private readonly WebhookSender _sender;
    private readonly WebhookMetrics _metrics;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, long> _grown = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Action> _reports = new();
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly HashSet<Task> _underWay = [];
    private readonly Task _run;
    private volatile Webhook _webhook;
    private WebhookDelivery _delivery;
    private IReadOnlyList<OutboxRemoval> _unremoved = [];
    private bool _isRemoving;
    private bool _isShedding;
    private DateTimeOffset? _removeDue;
    private DateTimeOffset _nextLook;
    private bool _wasDown;
    private long _oldestAt;

    public WebhookWorker(
        Webhook webhook, CommerceHost commerce, WebhookSender sender, WebhookMetrics metrics, WebhookOptions options, TimeProvider time,
        ILogger logger)
    {
        _id = webhook.Id;
        Key = webhook.Key;
        _webhook = webhook;
        _commerce = commerce;
        _sender = sender;
        _metrics = metrics;
        _options = options;
        _time = time;
        _logger = logger;
        _delivery = new WebhookDelivery(options.Concurrency, new Random());
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _run = Task.Run(RunAsync);
    }

    /// <summary>When the oldest event that waits was accepted, as last looked at; null when nothing waited.</summary>
    public DateTimeOffset? OldestAt => Interlocked.Read(ref _oldestAt) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Of the webhook; one that was deleted and made again has another.</summary>
    public string Key { get; }

    public OutboxBacklog Backlog => _commerce.Service.Webhooks.Backlog(_id);

    public void Update(Webhook webhook)
    {
        _webhook = webhook;
        Wake();
    }

    public void Grow(string stream, long lastSeq)
    {
        _grown.AddOrUpdate(stream, lastSeq, (_, known) => Math.Max(known, lastSeq));
        Wake();
    }

    /// <summary>Waits for what is under way, and notes what was delivered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        await _timer.DisposeAsync();
        _stop.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Turn(_time.GetUtcNow());
                await _wake.Reader.ReadAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The server stops, or the webhook is deleted.
            }
            catch (Exception bug)
            {
                Log.Failed(_logger, _id, bug);
                await BeginAnewAsync();
            }
        }

        await FinishAsync();
    }

    // The boundary of one receiver: a bug costs it a repeated event, and nobody else anything. What it is owed is in the store.
    private async Task BeginAnewAsync()
    {
        await EndWorkAsync();
        _reports.Clear();
        _delivery = new WebhookDelivery(_options.Concurrency, new Random());
        _unremoved = [];
        _isRemoving = _isShedding = false;
        _removeDue = null;
        _nextLook = _time.GetUtcNow() + LookAfter;
        _timer.Change(LookAfter, Timeout.InfiniteTimeSpan);
    }

    private void Turn(DateTimeOffset now)
    {
        while (_reports.TryDequeue(out var report))
        {
            report();
        }

        foreach (var stream in _grown.Keys)
        {
            if (_grown.TryRemove(stream, out var lastSeq))
            {
                _delivery.Grow(stream, lastSeq);
            }
        }

        if (now >= _nextLook)
        {
            _nextLook = now + LookAfter;
            Look();
        }

        Send(now);
        RemoveDelivered(now);
        Shed(now);
        TellWhetherDown();
        SetTimer(now);
    }

    // Whatever was announced, this is what there is: after a failure of the store some of it may never have been announced.
    private void Look()
    {
        Begin(
            async () =>
            {
                var streams = await _commerce.Service.Webhooks.ReadStreamsAsync(_time.GetUtcNow(), _id);
                var oldest = await _commerce.Service.Webhooks.Outbox.ReadOldestAtAsync(_id, _stop.Token);
                Interlocked.Exchange(ref _oldestAt, oldest?.UtcTicks ?? 0);
                return () => Grow(streams);
            },
            static () => { });
    }

    private void Grow(Outcome<ImmutableArray<OutboxStream>> found)
    {
        if (found.TryGet(out var streams, out _))
        {
            foreach (var stream in streams.Where(stream => stream.Waiting > 0))
            {
                _delivery.Grow(stream.Stream, stream.LastSeq);
            }
        }
    }

    private void Send(DateTimeOffset now)
    {
        var webhook = _webhook;
        if (webhook.DisabledAt is not null)
        {
            return;
        }

        while (_delivery.TryTake(now, out var step))
        {
            var (stream, after, entry) = step;
            if (entry is null)
            {
                Begin(
                    async () =>
                    {
                        var entries = await _commerce.Service.Webhooks.Outbox.ReadAsync(_id, stream, after, WebhookDelivery.Window, _stop.Token);
                        return () => _delivery.GiveRead(stream, entries);
                    },
                    () => _delivery.FailRead(_time.GetUtcNow(), stream));
            }
            else
            {
                Begin(
                    async () =>
                    {
                        var outcome = await _sender.SendAsync(webhook, entry, _stop.Token);
                        return () => Handle(entry, outcome);
                    },
                    () => _delivery.Fail(_time.GetUtcNow(), stream));
            }
        }
    }

    private void Handle(OutboxEntry entry, SendOutcome outcome)
    {
        var now = _time.GetUtcNow();
        _metrics.Attempted(outcome);
        if (outcome == SendOutcome.Delivered)
        {
            _delivery.Succeed(entry.Stream);
            _metrics.Delivered(now - entry.At);
            return;
        }

        _delivery.Fail(now, entry.Stream);
        if (outcome == SendOutcome.Gone && _webhook.DisabledAt is null)
        {
            Log.Gone(_logger, _id);
            _webhook = _webhook with { DisabledAt = now };
            Begin(
                async () =>
                {
                    await _commerce.Service.Webhooks.DisableAsync(now, _id);
                    return static () => { };
                },
                static () => { });
        }
    }

    private void RemoveDelivered(DateTimeOffset now)
    {
        if (_isRemoving)
        {
            return;
        }

        if (_unremoved.Count == 0)
        {
            if (_delivery.Delivered == 0)
            {
                return;
            }

            _removeDue ??= now + RemoveAfter;
            if (_delivery.Delivered < RemoveAt && now < _removeDue)
            {
                return;
            }

            _unremoved = _delivery.TakeRemovals();
        }
        else if (now < _removeDue)
        {
            return;
        }

        _isRemoving = true;
        var removals = _unremoved;
        Begin(
            async () =>
            {
                var outcome = await _commerce.Service.Webhooks.RemoveAsync(now, _id, Key, removals);
                return () => EndRemoval(outcome.IsSuccess);
            },
            () => EndRemoval(isDone: false));
    }

    private void EndRemoval(bool isDone)
    {
        _isRemoving = false;
        if (isDone)
        {
            _unremoved = [];
            _removeDue = null;
        }
        else
        {
            // The store is away; its events stay and would be sent again only after a restart.
            _removeDue = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
        }
    }

    private void Shed(DateTimeOffset now)
    {
        var backlog = Backlog;
        if (_isShedding || backlog.Other == 0
            || (backlog.Events <= _options.MaxBacklogEvents && backlog.Bytes <= _options.MaxBacklogBytes))
        {
            return;
        }

        _isShedding = true;
        Begin(
            async () =>
            {
                var oldest = await _commerce.Service.Webhooks.Outbox.ReadOldestOtherAsync(_id, ShedAtOnce, _stop.Token);
                return () => Shed(now, oldest);
            },
            () => _isShedding = false);
    }

    private void Shed(DateTimeOffset now, IReadOnlyList<OutboxEntry> oldest)
    {
        // What is in memory is about to be sent, or has been.
        var given = oldest.Where(entry => !_delivery.Holds(entry)).ToList();
        Begin(
            async () =>
            {
                if (given.Count > 0 && (await _commerce.Service.Webhooks.ShedAsync(now, _id, Key, given)).IsSuccess)
                {
                    _metrics.Shed(given.Count);
                    Log.Shed(_logger, _id, given.Count);
                }

                return () => _isShedding = false;
            },
            () => _isShedding = false);
    }

    private void TellWhetherDown()
    {
        if (_delivery.IsDown != _wasDown)
        {
            _wasDown = _delivery.IsDown;
            if (_wasDown)
            {
                Log.Down(_logger, _id, _webhook.Url);
            }
            else
            {
                Log.Back(_logger, _id);
            }
        }
    }

    private void SetTimer(DateTimeOffset now)
    {
        var due = _nextLook;
        if (_webhook.DisabledAt is null && _delivery.NextTimeout is { } next && next < due)
        {
            due = next;
        }

        if (!_isRemoving && _removeDue is { } removal && removal < due)
        {
            due = removal;
        }

        _timer.Change(due > now ? due - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Runs beside the loop; what it gives back runs in the loop, and so does `failed` when there is nothing to give.
    private void Begin(Func<Task<Action>> work, Action failed)
    {
        var task = Task.Run(async () =>
        {
            try
            {
                _reports.Enqueue(await work());
            }
            catch (Exception failure) when (failure is CommerceStoreException or OperationCanceledException)
            {
                _reports.Enqueue(failed);
            }
            catch (Exception bug)
            {
                // One receiver's bug must not end its deliveries.
                Log.Failed(_logger, _id, bug);
                _reports.Enqueue(failed);
            }

            Wake();
        });
        lock (_underWay)
        {
            _underWay.RemoveWhere(done => done.IsCompleted);
            _underWay.Add(task);
        }
    }

    private Task EndWorkAsync()
    {
        lock (_underWay)
        {
            return Task.WhenAll(_underWay);
        }
    }

    private async Task FinishAsync()
    {
        await EndWorkAsync();
        while (_reports.TryDequeue(out var report))
        {
            report();
        }

        var removals = _unremoved.Concat(_delivery.TakeRemovals()).ToList();
        if (removals.Count > 0)
        {
            await _commerce.Service.Webhooks.RemoveAsync(_time.GetUtcNow(), _id, Key, removals);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Webhook {Webhook}: {Url} takes nothing any more; it is asked now and then, and what it is owed waits")]
        public static partial void Down(ILogger logger, WebhookId webhook, string url);

        [LoggerMessage(2, LogLevel.Information, "Webhook {Webhook} takes events again")]
        public static partial void Back(ILogger logger, WebhookId webhook);

        [LoggerMessage(3, LogLevel.Warning, "Webhook {Webhook} says that it is gone (410) and is disabled")]
        public static partial void Gone(ILogger logger, WebhookId webhook);

        [LoggerMessage(4, LogLevel.Warning, "Webhook {Webhook} is owed too much: its {Events} oldest events that are not about money are given up")]
        public static partial void Shed(ILogger logger, WebhookId webhook, int events);

        [LoggerMessage(5, LogLevel.Error, "Webhook {Webhook}: a step failed and will be taken again")]
        public static partial void Failed(ILogger logger, WebhookId webhook, Exception bug);
    }
}
