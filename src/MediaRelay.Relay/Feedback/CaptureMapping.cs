using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Feedback;

/// <summary>One point that ties a track's RTP timestamps to capture time on our clock (RFC 3550 §6.4.1).</summary>
public readonly record struct CaptureMapping(uint RtpTimestamp, NtpTime Capture, int ClockRate)
{
    /// <summary>When the media of <paramref name="rtpTimestamp"/> was captured.</summary>
    public NtpTime CaptureOf(uint rtpTimestamp)
    {
        var ticks = (int)(rtpTimestamp - RtpTimestamp);
        return Capture.AddNanoseconds((long)ticks * 1_000_000_000 / ClockRate);
    }

    /// <summary>The RTP timestamp of what is captured at <paramref name="time"/>.</summary>
    public uint TimestampAt(NtpTime time) => RtpTimestamp + (uint)(long)((time - Capture) * (double)ClockRate / 1e9);
}
