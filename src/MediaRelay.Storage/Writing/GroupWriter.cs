using System.Collections.Concurrent;
using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Writing;

/// <summary>
/// The one thread that writes. It takes all transactions that wait, up to a bound, and commits them with one flush of
/// the disk: while a flush runs the next ones gather, so the group grows with the load and nobody waits for a timer.
/// After a failure everything queued fails until <see cref="ResetAsync"/>, because it was decided on top of what failed.
/// </summary>
internal sealed class GroupWriter : IAsyncDisposable
{
    // 200 orders in one transaction bring about a hundred times the throughput of one each; more adds latency and
    // little else.
    private const int MaxGroup = 200;

    private readonly BlockingCollection<Pending> _queue = [];
    private readonly IGroupTarget _target;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommerceStoreException? _failure;
    private int _isDisposed;

    /// <param name="target">Disposed of with the writer.</param>
    public GroupWriter(IGroupTarget target)
    {
        _target = target;
        _thread = new Thread(Run) { IsBackground = true, Name = "commerce store" };
        _thread.Start();
    }

    public int Queued => _queue.Count;

    public Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable) =>
        Enqueue(new Pending(changes, onDurable));

    /// <summary>
    /// Completes when everything queued before has ended one way or the other; from then on commits are taken again.
    /// Fails when the database still cannot be written.
    /// </summary>
    public Task ResetAsync() => Enqueue(new Pending(null, static () => { }));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _queue.CompleteAdding();
        await _ended.Task;
        _target.Dispose();
        _queue.Dispose();
    }

    private Task Enqueue(Pending pending)
    {
        try
        {
            _queue.Add(pending);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException(new CommerceStoreException("The store is closed."));
        }

        return pending.Done.Task;
    }

    private void Run()
    {
        var group = new List<Pending>(MaxGroup);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < MaxGroup && _queue.TryTake(out var next))
            {
                group.Add(next);
            }

            Handle(group);
        }

        _ended.SetResult();
    }

    private void Handle(List<Pending> group)
    {
        var start = 0;
        for (var i = 0; i <= group.Count; i++)
        {
            // A reset divides the group: what comes before it ends before it.
            if (i < group.Count && group[i].Changes is not null)
            {
                continue;
            }

            Commit(group[start..i]);
            if (i < group.Count)
            {
                Reset(group[i]);
            }

            start = i + 1;
        }
    }

    private void Reset(Pending reset)
    {
        try
        {
            if (_failure is not null)
            {
                _target.Reset();
                _failure = null;
            }

            reset.Done.SetResult();
        }
        catch (CommerceStoreException e)
        {
            reset.Done.SetException(e);
        }
    }

    private void Commit(List<Pending> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        var durable = _failure is null ? _target.Write(group.ConvertAll(pending => pending.Changes!), out _failure) : 0;
        foreach (var pending in group[..durable])
        {
            pending.OnDurable();
            pending.Done.SetResult();
        }

        foreach (var pending in group[durable..])
        {
            pending.Done.SetException(_failure!);
        }
    }

    // Changes null = a reset.
    private sealed record Pending(IReadOnlyList<CommerceChange>? Changes, Action OnDurable)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
