using System.Collections.Concurrent;
using MediaRelay.Commerce.State;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all transactions that wait, up to a bound, writes each under a savepoint of its
/// own, and commits them with one flush of the disk: while a flush runs the next ones gather, so the group grows with
/// the load and nobody waits for a timer. After a failure everything queued fails until <see cref="ResetAsync"/>,
/// because it was decided on top of what failed.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // 200 orders in one transaction bring about a hundred times the throughput of one each; more adds latency and
    // little else.
    private const int MaxGroup = 200;

    private readonly BlockingCollection<Pending> _queue = [];
    private readonly SqliteConnection _connection;
    private readonly SqliteStatements _statements;
    private readonly SqliteChangeWriter _changes;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommerceStoreException? _failure;
    private int _isDisposed;

    public SqliteWriter(string connectionString)
    {
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            SqliteSchema.Migrate(_connection);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        _statements = new SqliteStatements(_connection);
        _changes = new SqliteChangeWriter(_statements);
        _thread = new Thread(Run) { IsBackground = true, Name = "commerce store" };
        _thread.Start();
    }

    public int Queued => _queue.Count;

    public Task CommitAsync(IReadOnlyList<CommerceChange> changes, Action onDurable) =>
        Enqueue(new Pending(changes, onDurable));

    /// <summary>
    /// Completes when everything queued before has ended one way or the other; from then on commits are taken again.
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
        _statements.Dispose();
        await _connection.DisposeAsync();
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
                _failure = null;
                group[i].Done.SetResult();
            }

            start = i + 1;
        }
    }

    private void Commit(List<Pending> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        var written = _failure is null ? TryWrite(group) : 0;
        foreach (var pending in group[..written])
        {
            pending.OnDurable();
            pending.Done.SetResult();
        }

        foreach (var pending in group[written..])
        {
            pending.Done.SetException(_failure!);
        }
    }

    /// <summary>
    /// How many of the group are on disk: all, or those before the first that failed, or none when the disk did.
    /// </summary>
    private int TryWrite(List<Pending> group)
    {
        var written = 0;
        try
        {
            Execute("BEGIN IMMEDIATE");
            while (written < group.Count && TryWrite(group[written]))
            {
                written++;
            }

            Execute("COMMIT");
            return written;
        }
        catch (SqliteException e)
        {
            _failure = new CommerceStoreException($"The database cannot be written: {e.Message}", e);
            RollBack();
            return 0;
        }
    }

    private bool TryWrite(Pending pending)
    {
        Execute("SAVEPOINT one");
        try
        {
            foreach (var change in pending.Changes!)
            {
                _changes.Write(change);
            }

            Execute("RELEASE one");
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            // Memory and database disagree. What was written before this transaction is right and stays.
            _failure = new CommerceStoreException($"The database contradicts a change: {e.Message}", e);
            Execute("ROLLBACK TO one");
            Execute("RELEASE one");
            return false;
        }
    }

    // Some errors (a full disk) have rolled back already, and then there is nothing to do.
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // Changes null = a reset.
    private sealed record Pending(IReadOnlyList<CommerceChange>? Changes, Action OnDurable)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
