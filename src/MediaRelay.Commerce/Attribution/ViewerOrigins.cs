using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Where each viewer came in tonight. The first room stays the origin for the window, whatever rooms follow; bounded,
/// the oldest entries give way. Not thread-safe.
/// </summary>
public sealed class ViewerOrigins(TimeSpan window, int capacity)
{
    private readonly Dictionary<ViewerId, ViewerTouch> _touches = [];
    private readonly Queue<ViewerTouch> _oldest = new();

    public int Count => _touches.Count;

    /// <summary>Whether a join at this time would be the viewer's first touch of a night.</summary>
    public bool IsFirst(DateTimeOffset now, ViewerId viewer) => !TryGet(now, viewer, out _);

    /// <summary>The viewer's origin as it was at a time; false when the relay knows none.</summary>
    public bool TryGet(DateTimeOffset at, ViewerId viewer, out ViewerTouch touch) =>
        _touches.TryGetValue(viewer, out touch) && at - touch.At < window;

    /// <summary>Keeps a first touch, in place of one of an earlier night.</summary>
    public void Set(in ViewerTouch touch)
    {
        _touches[touch.ViewerId] = touch;
        _oldest.Enqueue(touch);
        while (_oldest.TryPeek(out var oldest) && (_touches.Count > capacity || touch.At - oldest.At >= window))
        {
            _oldest.Dequeue();

            // The queue keeps what was replaced since; only the touch that still counts takes its viewer along.
            if (_touches.TryGetValue(oldest.ViewerId, out var current) && current == oldest)
            {
                _touches.Remove(oldest.ViewerId);
            }
        }
    }
}
