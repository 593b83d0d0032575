using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// Coalesces key-frame requests to one source: whatever the number of viewers who lost a picture or join, at most one request per
/// interval reaches the host, and one that was asked for in between is sent when the interval is over, unless a key frame came.
/// </summary>
internal sealed class KeyFrameRequests(TimeSpan interval)
{
    // Of urgent requests: seldom enough for a host's uplink, and a picture is back before anybody calls it frozen.
    private static readonly TimeSpan UrgentInterval = TimeSpan.FromMilliseconds(200);

    private Timestamp _lastSent;
    private bool _hasSent;
    private bool _wanted;
    private bool _isUrgent;

    public long Requested { get; private set; }

    public long Sent { get; private set; }

    /// <summary>When <see cref="TryTake"/> may say yes.</summary>
    public Timestamp Due => !_wanted ? Timestamp.Never : _hasSent ? _lastSent + LeastDistance : Timestamp.Zero;

    private TimeSpan LeastDistance => _isUrgent && UrgentInterval < interval ? UrgentInterval : interval;

    /// <summary>Notes a wish; an urgent one, of viewers who see nothing move until it is met, need not wait for the interval.</summary>
    public void Request(bool isUrgent = false)
    {
        Requested++;
        _wanted = true;
        _isUrgent |= isUrgent;
    }

    /// <summary>A key frame arrived: whoever waited is served.</summary>
    public void OnKeyFrame() => _wanted = _isUrgent = false;

    /// <summary>True when a request is to be sent to the source now.</summary>
    public bool TryTake(Timestamp now)
    {
        if (!_wanted || (_hasSent && now - _lastSent < LeastDistance))
        {
            return false;
        }

        _wanted = _isUrgent = false;
        _hasSent = true;
        _lastSent = now;
        Sent++;
        return true;
    }
}
