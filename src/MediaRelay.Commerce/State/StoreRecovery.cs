namespace MediaRelay.Commerce.State;

/// <summary>
/// When to read everything anew after the store failed: at once the first time, then with growing pauses, and only one
/// attempt at a time. So a server that is away is not asked by every request, and no request waits for a second attempt.
/// Thread-safe.
/// </summary>
/// <param name="load">Reads everything anew; throws <see cref="CommerceStoreException"/> when that cannot be.</param>
internal sealed class StoreRecovery(Func<DateTimeOffset, Task> load)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A failure this long after the last attempt is a new story.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<Problem?> _attempt = Task.FromResult<Problem?>(null);
    private DateTimeOffset _lastAttempt = DateTimeOffset.MinValue;
    private TimeSpan _pause;

    /// <summary>From when on <see cref="TryAsync"/> makes another attempt.</summary>
    public DateTimeOffset NextAttempt
    {
        get
        {
            lock (_gate)
            {
                return _lastAttempt + _pause;
            }
        }
    }

    /// <summary>Makes an attempt, or joins the one that is under way; null when everything is read.</summary>
    public Task<Problem?> TryAsync(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_attempt.IsCompleted)
            {
                return _attempt;
            }

            var next = _lastAttempt + _pause;
            if (now < next)
            {
                return Task.FromResult<Problem?>(Problem.Unavailable(
                    $"The store failed; it is read anew in {(next - now).TotalMilliseconds:F0} ms at the earliest."));
            }

            _pause = now - _lastAttempt >= Forgotten || _pause == TimeSpan.Zero
                ? FirstPause
                : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
            _lastAttempt = now;
            return _attempt = AttemptAsync(now);
        }
    }

    private async Task<Problem?> AttemptAsync(DateTimeOffset now)
    {
        try
        {
            await load(now);
            return null;
        }
        catch (CommerceStoreException e)
        {
            return Problem.Unavailable($"The store cannot be read: {e.Message}");
        }
    }
}
