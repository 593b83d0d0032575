using MediaRelay.Commerce.State;

namespace MediaRelay.Storage.Reading;

/// <summary>
/// Asks a server about many orders in one go. A question goes out at once while few are on their way; those that come
/// meanwhile gather and go out together, so that a thousand new orders a second take as many ways to the server as its
/// distance allows and not a thousand. Thread-safe.
/// </summary>
/// <param name="read">Answers in the order of the questions.</param>
internal sealed class OrderReadGroups(Func<IReadOnlyList<OrderQuestion>, Task<IReadOnlyList<StoredOrder>>> read)
{
    private const int MaxGroup = 200;

    // One on its way there while the other one's answer is on its way back.
    private const int MaxUnderWay = 2;

    private readonly Lock _gate = new();
    private readonly Queue<Pending> _waiting = new();
    private int _underWay;

    /// <summary>The answer may be given up on; the question has been asked all the same.</summary>
    public Task<StoredOrder> ReadAsync(OrderQuestion question, CancellationToken cancellationToken)
    {
        var pending = new Pending(question);
        var isIdle = false;
        lock (_gate)
        {
            _waiting.Enqueue(pending);
            if (_underWay < MaxUnderWay)
            {
                _underWay++;
                isIdle = true;
            }
        }

        if (isIdle)
        {
            _ = AskAsync();
        }

        return pending.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AskAsync()
    {
        while (TakeGroup() is { Count: > 0 } group)
        {
            try
            {
                var answers = await read(group.ConvertAll(pending => pending.Question));
                for (var i = 0; i < group.Count; i++)
                {
                    group[i].Answer.SetResult(answers[i]);
                }
            }
            catch (Exception e)
            {
                // Whatever it is, it is for those who asked; the next ones ask anew.
                group.ForEach(pending => pending.Answer.TrySetException(e));
            }
        }
    }

    // Empty when this one is done.
    private List<Pending> TakeGroup()
    {
        var group = new List<Pending>();
        lock (_gate)
        {
            while (group.Count < MaxGroup && _waiting.TryDequeue(out var pending))
            {
                group.Add(pending);
            }

            if (group.Count == 0)
            {
                _underWay--;
            }
        }

        return group;
    }

    private sealed record Pending(OrderQuestion Question)
    {
        public TaskCompletionSource<StoredOrder> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
