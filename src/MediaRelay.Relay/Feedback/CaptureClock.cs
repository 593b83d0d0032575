using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// Maps a publisher's NTP clock to ours: the least distance seen between a sender report's NTP time and its arrival, which is the
/// clocks' offset plus the shortest way. One per peer, so that sound and picture of one host share it (protocol notes, trap 12).
/// </summary>
internal sealed class CaptureClock
{
    // Old minima fade, so that drift between the clocks is followed: 100 ppm is 6 ms a minute.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private long _offset;
    private long _nextOffset;
    private Timestamp _windowStart;
    private bool _known;

    /// <summary>Takes a report that arrived at <paramref name="arrival"/> on our wall clock.</summary>
    public void OnSenderReport(Timestamp now, NtpTime arrival, NtpTime sent)
    {
        var offset = arrival - sent;
        if (!_known)
        {
            _known = true;
            _offset = offset;
            _nextOffset = offset;
            _windowStart = now;
            return;
        }

        _offset = Math.Min(_offset, offset);
        _nextOffset = Math.Min(_nextOffset, offset);
        if (now - _windowStart > Window)
        {
            _offset = _nextOffset;
            _nextOffset = offset;
            _windowStart = now;
        }
    }

    /// <summary>The publisher's time on our clock.</summary>
    public NtpTime ToLocal(NtpTime published) => published.AddNanoseconds(_offset);
}
