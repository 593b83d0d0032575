using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce;

/// <summary>
/// How a decision becomes durable: decided and applied to memory under one lock, queued to the store in that order, and
/// when it is on disk applied to what readers see and announced. If the store fails, memory is ahead of it: everything
/// in memory is dropped and read again before the next change.
/// </summary>
internal sealed class CommercePipeline : IAsyncDisposable
{
    // As many as are asked of a server in one go.
    private const int MaxReadings = 200;

    private readonly Lock _gate = new();
    private readonly DurableView _view;
    private readonly CommerceStore _store;
    private readonly CommerceOptions _options;
    private readonly LiveMomentSource _live;
    private readonly LedgerSigner? _signer;
    private readonly StoreRecovery _recovery;
    private readonly Channel<CommerceEvent> _events = Channel.CreateUnbounded<CommerceEvent>();
    private CommerceCore _core = null!;
    private Task _lastCommit = Task.CompletedTask;

    /// <param name="signer">Not disposed of; null: heads are not signed.</param>
    public CommercePipeline(CommerceStore store, CommerceOptions options, LiveMomentSource live, LedgerSigner? signer)
    {
        _store = store;
        _options = options;
        _live = live;
        _signer = signer;
        _view = new DurableView(_events.Writer);
        _recovery = new StoreRecovery(now => LoadAsync(now, CancellationToken.None));
    }

    public CommerceStore Store => _store;

    public ChannelReader<CommerceEvent> Events => _events.Reader;

    public bool IsHealthy => Read(core => !core.IsFaulted);

    /// <summary>When the store that failed may be read again; null while it works.</summary>
    public DateTimeOffset? NextRecovery => IsHealthy ? null : _recovery.NextAttempt;

    public async Task LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = new CommerceState(_options);
        var view = new Catalog();
        var totals = await _store.LoadAsync(
            now - _options.OriginWindow,
            change =>
            {
                state.Apply(change);
                view.Apply(change);
            },
            cancellationToken);
        state.Restore(totals);
        var boards = await BoardWindows.ReadAsync(now, _store, totals, cancellationToken);
        var core = new CommerceCore(
            _options, state, new ClickTokens(totals.ClickTokenKey.AsSpan()), _live, _signer);
        lock (_gate)
        {
            _core = core;
            _lastCommit = Task.CompletedTask;

            // Before anything can be decided on what was read, so that events stay in commit order.
            _view.Show(now, view, boards);
        }
    }

    /// <summary>What was sold by share code in an hour, as far as it is durable; null when the store has to be asked.</summary>
    public ImmutableArray<ShareCodeSales>? ReadBoard(MerchantId merchant, DateTimeOffset from) => _view.ReadBoard(merchant, from);

    /// <summary>Reads everything anew if the store failed and a new attempt is due; null when all is well.</summary>
    public async Task<Problem?> RecoverAsync(DateTimeOffset now) => IsHealthy ? null : await _recovery.TryAsync(now);

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _store.DisposeAsync();
    }

    /// <summary>Reads what is durable.</summary>
    public T View<T>(Func<Catalog, T> read) => _view.Read(read);

    /// <summary>Reads what is decided.</summary>
    public T Read<T>(Func<CommerceCore, T> read)
    {
        lock (_gate)
        {
            return read(_core);
        }
    }

    public async Task<Outcome<T>> ChangeAsync<T>(
        DateTimeOffset now, Func<CommerceCore, DateTimeOffset, Decision, Outcome<T>> decide)
    {
        if (await AdmitAsync(now) is { } refused)
        {
            return refused;
        }

        Outcome<T> outcome;
        Task durable;
        CommerceCore core;
        lock (_gate)
        {
            core = _core;
            if (core.IsFaulted)
            {
                return StoreFailed();
            }

            now = UnixMicros.Truncate(now);
            (outcome, durable) = Decide(now, core, decision => decide(core, now, decision));
        }

        return await DurableAsync(core, durable) ?? outcome;
    }

    public async Task<Outcome<OrderAnswer>> SubmitAsync(
        DateTimeOffset now, OrderEvent orderEvent, CancellationToken cancellationToken) =>
        await await DecideAsync(now, orderEvent, BeginReading(orderEvent, cancellationToken), cancellationToken);

    /// <summary>Several events, decided in their order; what the store has to say about them is asked for ahead.</summary>
    public async Task<Outcome<OrderAnswer>[]> SubmitAsync(
        DateTimeOffset now, IReadOnlyList<OrderEvent> orderEvents, CancellationToken cancellationToken)
    {
        var readings = new Queue<OrderReading>(MaxReadings);
        var answers = new Task<Outcome<OrderAnswer>>[orderEvents.Count];
        for (var i = 0; i < orderEvents.Count; i++)
        {
            for (var next = i + readings.Count; readings.Count < MaxReadings && next < orderEvents.Count; next++)
            {
                readings.Enqueue(BeginReading(orderEvents[next], cancellationToken));
            }

            // Only the decision is awaited in order; all of them wait for the disk together.
            answers[i] = await DecideAsync(now, orderEvents[i], readings.Dequeue(), cancellationToken);
        }

        return await Task.WhenAll(answers);
    }

    // Completes when the event is decided; the inner task when the decision is durable.
    private async Task<Task<Outcome<OrderAnswer>>> DecideAsync(
        DateTimeOffset now, OrderEvent orderEvent, OrderReading reading, CancellationToken cancellationToken)
    {
        if (await AdmitAsync(now) is { } refused)
        {
            return Task.FromResult<Outcome<OrderAnswer>>(refused);
        }

        now = UnixMicros.Truncate(now);
        while (true)
        {
            StoredOrder? stored = null;
            if (reading.Stored is { } asked)
            {
                try
                {
                    stored = await asked;
                }
                catch (CommerceStoreException e)
                {
                    return Task.FromResult<Outcome<OrderAnswer>>(Problem.Unavailable(e.Message));
                }
            }

            if (TryDecide(now, orderEvent, reading, stored, out var answer))
            {
                return answer;
            }

            reading = BeginReading(orderEvent, cancellationToken);
        }
    }

    private OrderReading BeginReading(OrderEvent orderEvent, CancellationToken cancellationToken)
    {
        CommerceCore core;
        OrderCacheMark mark;
        bool isKnown;
        bool isOwnerKnown;
        lock (_gate)
        {
            core = _core;
            var orders = core.State.Orders;
            mark = orders.Mark();
            isKnown = orders.TryGet(orderEvent.OrderId, out _);
            isOwnerKnown = orderEvent.EventId is not { } id || orders.OwnerOf(id) is not null;
        }

        var stored = isKnown && isOwnerKnown
            ? null
            : _store.ReadOrderAsync(orderEvent.OrderId, orderEvent.EventId, cancellationToken);
        return new OrderReading(core, mark, isKnown, stored);
    }

    public ViewerTouch RecordJoin(DateTimeOffset now, ViewerId viewerId, RoomId roomId, ShareCode? shareCode)
    {
        var join = new ViewerTouch(viewerId, roomId, shareCode, now);
        lock (_gate)
        {
            var core = _core;
            if (core.State.Origins.TryGet(now, viewerId, out var first))
            {
                return first;
            }

            if (core.State.Catalog.TryGetAnyRoom(roomId, out _))
            {
                var decision = new Decision(core.State);
                decision.Record(new ViewerTouchChange(join));
                if (!core.IsFaulted)
                {
                    _ = DurableAsync(core, Commit(decision));
                }
            }
        }

        return join;
    }

    // False when what was read from the store is out of date, since the order may have come and gone in between or all of
    // memory was read anew.
    private bool TryDecide(
        DateTimeOffset now, OrderEvent orderEvent, OrderReading reading, StoredOrder? stored,
        [NotNullWhen(true)] out Task<Outcome<OrderAnswer>>? answer)
    {
        Outcome<OrderAnswer> outcome;
        Task durable;
        lock (_gate)
        {
            answer = null;
            var core = _core;
            if (core != reading.Core || core.State.Orders.MayHaveForgottenSince(reading.Mark))
            {
                return false;
            }

            if (core.IsFaulted)
            {
                answer = Task.FromResult<Outcome<OrderAnswer>>(StoreFailed());
                return true;
            }

            var orders = core.State.Orders;
            if (!orders.TryGet(orderEvent.OrderId, out var order))
            {
                if (reading.WasKnown)
                {
                    return false;
                }

                order = OrderState.From(orderEvent.OrderId, stored!);
                orders.Add(order);
            }

            var owner = orderEvent.EventId is { } eventId ? orders.OwnerOf(eventId) ?? stored?.EventOwner : null;
            (outcome, durable) = Decide(
                now, core, decision => core.Orders.Submit(now, orderEvent, order, owner, decision));
            order.Durable = durable;
        }

        answer = FinishAsync(reading.Core, durable, outcome);
        return true;
    }

    private async Task<Outcome<T>> FinishAsync<T>(CommerceCore core, Task durable, Outcome<T> outcome) =>
        await DurableAsync(core, durable) ?? outcome;

    // Under the gate. Should a decision end in an exception, what it wrote so far is in memory and not in the store:
    // memory is dropped.
    private (Outcome<T> Outcome, Task Durable) Decide<T>(
        DateTimeOffset now, CommerceCore core, Func<Decision, Outcome<T>> decide)
    {
        try
        {
            var decision = new Decision(core.State);
            var outcome = decide(decision);
            core.Reports.Follow(now, decision);
            core.Webhooks.Follow(now, decision);
            return (outcome, Commit(decision));
        }
        catch
        {
            core.IsFaulted = true;
            throw;
        }
    }

    // Under the gate. A decision that changes nothing may rest on one that is not durable yet, and waits for it.
    private Task Commit(Decision decision)
    {
        if (decision.Changes.Count > 0)
        {
            _lastCommit = _store.CommitAsync(decision.Changes, () => _view.Publish(decision));
        }

        return _lastCommit;
    }

    private async Task<Problem?> DurableAsync(CommerceCore core, Task durable)
    {
        try
        {
            await durable;
            return null;
        }
        catch (CommerceStoreException e)
        {
            lock (_gate)
            {
                core.IsFaulted = true;
            }

            return Problem.Unavailable($"It is not known whether the change was written; send it again: {e.Message}");
        }
    }

    private async Task<Problem?> AdmitAsync(DateTimeOffset now)
    {
        if (await RecoverAsync(now) is { } problem)
        {
            return problem;
        }

        if (_store.QueuedTransactions >= _options.MaxQueuedTransactions)
        {
            return Problem.Unavailable(
                $"{_options.MaxQueuedTransactions} changes wait for the disk, which is the limit.");
        }

        return _events.Reader.Count >= _options.MaxUnreadEvents
            ? Problem.Unavailable($"{_options.MaxUnreadEvents} events wait to be delivered, which is the limit.")
            : null;
    }

    private static Problem StoreFailed() => Problem.Unavailable("The store failed; send the change again.");
}
