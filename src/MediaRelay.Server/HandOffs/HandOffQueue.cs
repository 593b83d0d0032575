using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Admission;

namespace MediaRelay.Server.HandOffs;

/// <summary>
/// Viewers on their way to other rooms, in the order in which it was asked for, and so many a second that no room is flooded. A viewer
/// stands in it once. Pure: time is an argument. Not thread-safe.
/// </summary>
/// <param name="perSecond">How many leave a second; 0 lets all leave at once.</param>
/// <param name="step">How often it is emptied: what may leave at once.</param>
internal sealed class HandOffQueue<TViewer>(int perSecond, TimeSpan step)
    where TViewer : notnull
{
    private readonly Queue<(TViewer Viewer, RoomId To, DateTimeOffset OrderedAt)> _waiting = new();
    private readonly HashSet<TViewer> _viewers = [];
    private readonly Dictionary<RoomId, int> _targets = [];
    private readonly TokenBucket _bucket = new(perSecond, Math.Max(1, perSecond * step.TotalSeconds));

    public int Count => _waiting.Count;

    public bool Contains(TViewer viewer) => _viewers.Contains(viewer);

    /// <summary>How many wait for a place in a room.</summary>
    public int CountTo(RoomId to) => _targets.GetValueOrDefault(to);

    /// <summary>False when the viewer is on its way already.</summary>
    public bool TryAdd(TViewer viewer, RoomId to, DateTimeOffset orderedAt)
    {
        if (!_viewers.Add(viewer))
        {
            return false;
        }

        _waiting.Enqueue((viewer, to, orderedAt));
        _targets[to] = CountTo(to) + 1;
        return true;
    }

    /// <summary>The next one whose turn has come.</summary>
    public bool TryTake(DateTimeOffset now, out (TViewer Viewer, RoomId To, DateTimeOffset OrderedAt) next)
    {
        if (!_waiting.TryPeek(out next) || _bucket.Take(now, 1) == 0)
        {
            return false;
        }

        _waiting.Dequeue();
        _viewers.Remove(next.Viewer);
        var left = CountTo(next.To) - 1;
        if (left == 0)
        {
            _targets.Remove(next.To);
        }
        else
        {
            _targets[next.To] = left;
        }

        return true;
    }
}
