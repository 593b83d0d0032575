using System.Diagnostics.CodeAnalysis;
using MediaRelay.Commerce.CoHosting;

namespace MediaRelay.Server.HandOffs;

/// <summary>
/// Remembers what hand-offs with an idempotency key came to, for an hour: in memory, since a restart ends the sessions that were moved.
/// Bounded, the oldest give way. Keys of different callers never meet. Not thread-safe.
/// </summary>
internal sealed class HandOffKeys
{
    private const int MaxKeys = 10_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Dictionary<(Actor By, string Key), (string Content, HandOffAnswer Answer)> _answers = [];
    private readonly Queue<((Actor By, string Key) Id, DateTimeOffset At)> _oldest = new();

    /// <summary>What an earlier order with the same key came to, and whether it was the same order.</summary>
    public bool TryFind(DateTimeOffset now, HandOffOrder order, [NotNullWhen(true)] out HandOffAnswer? answer, out bool isSame)
    {
        Trim(now);
        answer = null;
        isSame = false;
        if (order.IdempotencyKey is not { } key || !_answers.TryGetValue((order.By, key), out var earlier))
        {
            return false;
        }

        answer = earlier.Answer;
        isSame = earlier.Content == order.Content;
        return true;
    }

    public void Add(DateTimeOffset now, HandOffOrder order, HandOffAnswer answer)
    {
        if (order.IdempotencyKey is { } key)
        {
            _answers[(order.By, key)] = (order.Content, answer);
            _oldest.Enqueue(((order.By, key), now));
            Trim(now);
        }
    }

    private void Trim(DateTimeOffset now)
    {
        while (_oldest.TryPeek(out var oldest) && (_oldest.Count > MaxKeys || now - oldest.At >= Lifetime))
        {
            _oldest.Dequeue();
            _answers.Remove(oldest.Id);
        }
    }
}
