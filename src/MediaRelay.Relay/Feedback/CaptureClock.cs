using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Feedback;

/// <summary>
/// Maps a publisher's NTP clock to ours: the least distance seen between a sender report's NTP time and its arrival, which is the
/// clocks' offset plus the shortest way. One per peer, so that sound and picture of one host share it, and move together when more
/// is known of it.
/// </summary>
internal sealed class CaptureClock
{
    // Old minima fade, so that drift between the clocks is followed: two windows at 200 ppm are 8 ms. Hosts report every one to five
    // seconds for each track, so a window has its quick ones.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    // Against our monotonic clock, so that setting our wall clock moves no host.
    private long _offset;
    private long _nextOffset;
    private long _toldOffset;
    private Timestamp _windowStart;
    private bool _known;

    // A media clock gains or loses less than a millisecond on its host's NTP clock between two reports; what is more is a clock that
    // has been set.
    private const long StepThreshold = 50_000_000;

    // Tracks are told anew when the clock has moved by a quarter of what lips and sound may be apart unseen.
    private const long Told = 2_000_000;

    /// <summary>
    /// Takes a report on <paramref name="track"/> that arrived at <paramref name="arrival"/>, and sets the track's mapping; true when
    /// those of all of <paramref name="tracks"/> have moved with it.
    /// </summary>
    public bool OnSenderReport(
        Timestamp now, NtpTime wallClock, Timestamp arrival, PublishedTrack track, ReadOnlySpan<PublishedTrack> tracks, RtpTimestamp timestamp, NtpTime sent)
    {
        var offset = arrival.Nanoseconds - sent.ToUnixNanoseconds();
        if (track.Reported is { } before)
        {
            FollowStep(offset, sent - before.CaptureOf(timestamp.Value), track, tracks);
        }

        track.Reported = new CaptureMapping(timestamp.Value, sent, track.ClockRate);
        Follow(arrival, offset);
        if (Math.Abs(_offset - _toldOffset) < Told)
        {
            track.Mapping = Map(now, wallClock, track.Reported.Value);
            return false;
        }

        _toldOffset = _offset;
        foreach (var other in tracks)
        {
            other.Mapping = other.Reported is { } reported ? Map(now, wallClock, reported) : other.Mapping;
        }

        return true;
    }

    /// <summary>
    /// The host has set its clock when a track's reports disagree by about as much as the clocks' distance has changed; were it the
    /// track's timestamps that jumped, the distance would be what it was.
    /// </summary>
    private void FollowStep(long offset, long step, PublishedTrack track, ReadOnlySpan<PublishedTrack> tracks)
    {
        if (Math.Abs(step) < StepThreshold || Math.Abs(offset - _offset + step) >= Math.Abs(offset - _offset))
        {
            return;
        }

        _offset -= step;
        _nextOffset -= step;
        _toldOffset -= step;
        foreach (var other in tracks)
        {
            if (other != track && other.Reported is { } reported)
            {
                other.Reported = reported with { Capture = reported.Capture.AddNanoseconds(step) };
            }
        }
    }

    private void Follow(Timestamp arrival, long offset)
    {
        if (!_known)
        {
            _known = true;
            _offset = _nextOffset = offset;
            _windowStart = arrival;
            return;
        }

        _offset = Math.Min(_offset, offset);
        _nextOffset = Math.Min(_nextOffset, offset);
        if (arrival - _windowStart > Window)
        {
            _offset = _nextOffset;
            _nextOffset = offset;
            _windowStart = arrival;
        }
    }

    private CaptureMapping Map(Timestamp now, NtpTime wallClock, CaptureMapping reported)
    {
        var capture = reported.Capture.ToUnixNanoseconds() + _offset;
        return reported with { Capture = wallClock.AddNanoseconds(capture - now.Nanoseconds) };
    }
}
