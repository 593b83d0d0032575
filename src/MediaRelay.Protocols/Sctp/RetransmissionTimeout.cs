namespace MediaRelay.Protocols.Sctp;

/// <summary>The retransmission timeout, from measured round trips (RFC 9260 §6.3.1).</summary>
internal sealed class RetransmissionTimeout(SctpOptions options)
{
    /// <summary>
    /// 220 ms: peers delay an acknowledgement by up to 200 ms when only one packet is under way; after a run of quick ones the
    /// measured variance would be too small for that and every lone message would be sent twice.
    /// </summary>
    private static readonly TimeSpan LeastVariance = TimeSpan.FromMilliseconds(220);

    private TimeSpan _variation;
    private bool _isMeasured;

    public TimeSpan Current { get; private set; } = options.RtoInitial;

    /// <summary>Zero until the first measurement.</summary>
    public TimeSpan SmoothedRoundTrip { get; private set; }

    /// <summary>Takes the round trip of something that was sent once (Karn's rule).</summary>
    public void Measure(TimeSpan roundTrip)
    {
        if (roundTrip < TimeSpan.Zero)
        {
            return;
        }

        if (!_isMeasured)
        {
            _isMeasured = true;
            SmoothedRoundTrip = roundTrip;
            _variation = roundTrip / 2;
        }
        else
        {
            // RFC 9260 §6.3.1 C3: RTO.Beta is 1/4, RTO.Alpha 1/8.
            _variation = (_variation * 0.75) + ((SmoothedRoundTrip - roundTrip).Duration() * 0.25);
            SmoothedRoundTrip = (SmoothedRoundTrip * 0.875) + (roundTrip * 0.125);
        }

        var margin = _variation * 4;
        Current = Clamp(SmoothedRoundTrip + (margin > LeastVariance ? margin : LeastVariance));
    }

    /// <summary>Doubles the timeout (RFC 9260 §6.3.3, E2).</summary>
    public void BackOff() => Current = Clamp(Current * 2);

    private TimeSpan Clamp(TimeSpan value) =>
        value < options.RtoMin ? options.RtoMin : value > options.RtoMax ? options.RtoMax : value;
}
