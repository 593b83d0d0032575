using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// Coalesces key-frame requests to one source: whatever the number of viewers who lost a picture or join, at most one request per
/// interval reaches the host, and one that was asked for in between is sent when the interval is over, unless a key frame came.
/// </summary>
internal sealed class KeyFrameRequests(TimeSpan interval)
{
    private Timestamp _lastSent;
    private bool _hasSent;
    private bool _wanted;

    public long Requested { get; private set; }

    public long Sent { get; private set; }

    /// <summary>When <see cref="TryTake"/> may say yes.</summary>
    public Timestamp Due => !_wanted ? Timestamp.Never : _hasSent ? _lastSent + interval : Timestamp.Zero;

    public void Request()
    {
        Requested++;
        _wanted = true;
    }

    /// <summary>A key frame arrived: whoever waited is served.</summary>
    public void OnKeyFrame() => _wanted = false;

    /// <summary>True when a request is to be sent to the source now.</summary>
    public bool TryTake(Timestamp now)
    {
        if (!_wanted || (_hasSent && now - _lastSent < interval))
        {
            return false;
        }

        _wanted = false;
        _hasSent = true;
        _lastSent = now;
        Sent++;
        return true;
    }
}
