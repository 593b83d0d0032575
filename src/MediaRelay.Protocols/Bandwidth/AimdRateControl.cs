using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// The delay-based rate: raised while the queue is still, held while it drains, cut when it grows
/// (draft-ietf-rmcat-gcc-02 §5.5).
/// <para>
/// What a relay sends comes in steps, the layers, and is usually below what the path would carry. So the rate is not
/// raised above 1.5 times what arrives, but a rate that a probe has shown stays although less is sent. And when a queue
/// grows although nearly all that is sent arrives, the path is a little too slow, or jitters: then the rate is cut by
/// 15 % of itself, again and again while it lasts, instead of to 85 % of what arrives, which would give the layer up at
/// once.
/// </para>
/// </summary>
internal sealed class AimdRateControl(long initialBitsPerSecond, long minBitsPerSecond, long maxBitsPerSecond)
{
    // §5.5: A_hat(i) = beta * R_hat(i) with beta = 0.85; eta = 1.08 per second; at most 1.5 * R_hat(i), where
    // libwebrtc adds 10 kbit/s so that a near-silent sender does not stay where it is.
    private const double Decrease = 0.85;
    private const double IncreasePerSecond = 1.08;
    private const double MaxOverAcknowledged = 1.5;
    private const double OverAcknowledgedMargin = 10_000;

    // §5.5: an additive step is a packet per response time, which is the round trip and 100 ms, and at least 4 kbit/s
    // per second (libwebrtc).
    private const double PacketBits = 1_200 * 8;
    private const double MinAdditivePerSecond = 4_000;
    private const double ResponseMarginMs = 100;

    private static readonly TimeSpan MaxIncreaseInterval = TimeSpan.FromSeconds(1);

    private double _rate = initialBitsPerSecond;
    private LinkCapacity _capacity;
    private Timestamp _lastUpdate = Timestamp.Never;
    private Timestamp _lastDecrease = Timestamp.Never;
    private bool _isHolding;

    public long BitsPerSecond => (long)_rate;

    /// <summary>
    /// Once per feedback; true when the rate was cut. <paramref name="lastSent"/> is when the packets that
    /// <paramref name="usage"/> was found with were sent, <paramref name="roundTrip"/> the path's.
    /// </summary>
    public bool Update(
        Timestamp now, BandwidthUsage usage, Timestamp lastSent, in DeliveredRates rates, TimeSpan roundTrip)
    {
        var elapsed = _lastUpdate == Timestamp.Never ? TimeSpan.Zero : now - _lastUpdate;
        _lastUpdate = now;
        switch (usage)
        {
            case BandwidthUsage.Overusing:
                _isHolding = true;
                return TryDecrease(now, lastSent, rates);
            case BandwidthUsage.Underusing:
                _isHolding = true;
                return false;
            default:
                // From Hold the next state is Increase, with the time from now on.
                if (!_isHolding)
                {
                    Increase(elapsed, rates.Acknowledged, roundTrip);
                }

                _isHolding = false;
                return false;
        }
    }

    /// <summary>Takes over what a probe has shown, when that is more.</summary>
    public void Raise(long bitsPerSecond)
    {
        if (bitsPerSecond > _rate)
        {
            _rate = Math.Min(bitsPerSecond, maxBitsPerSecond);
            if (_capacity.IsBelow(_rate))
            {
                _capacity.Forget();
            }
        }
    }

    /// <summary>
    /// Halves the rate when feedback stays away: nothing is known of the path, and what is sent may be filling a queue.
    /// </summary>
    public void HandleSilence() => _rate = Math.Max(_rate / 2, minBitsPerSecond);

    private bool TryDecrease(Timestamp now, Timestamp lastSent, in DeliveredRates rates)
    {
        // What was sent before the last cut still arrives through the queue that caused it and tells nothing of the cut
        // (libwebrtc waits a round trip, which a full queue makes too short). It may show that the path is slower
        // still.
        if (_lastDecrease != Timestamp.Never && lastSent <= _lastDecrease)
        {
            if (rates.Capacity == 0 || rates.IsDelivered || Decrease * rates.Capacity >= _rate)
            {
                return false;
            }

            _rate = Math.Max(Decrease * rates.Capacity, minBitsPerSecond);
            return true;
        }

        _lastDecrease = now;
        var basis = _rate;
        if (rates.Capacity > 0)
        {
            basis = Math.Min(_rate, rates.IsDelivered ? GetCap(rates.Acknowledged) : rates.Capacity);
            if (!rates.IsDelivered)
            {
                if (_capacity.IsBelow(rates.Capacity))
                {
                    _capacity.Forget();
                }

                _capacity.Add(rates.Capacity);
            }
        }

        _rate = Math.Max(Decrease * basis, minBitsPerSecond);
        return true;
    }

    private void Increase(TimeSpan elapsed, long acknowledged, TimeSpan roundTrip)
    {
        var cap = GetCap(acknowledged);
        if (acknowledged == 0 || _rate >= cap || elapsed <= TimeSpan.Zero)
        {
            return;
        }

        if (_capacity.IsBelow(acknowledged))
        {
            _capacity.Forget();
        }

        var seconds = Math.Min(elapsed.TotalSeconds, MaxIncreaseInterval.TotalSeconds);
        double raised;
        if (_capacity.IsNear(acknowledged))
        {
            var responsesPerSecond = 1_000 / (roundTrip.TotalMilliseconds + ResponseMarginMs);
            raised = _rate + (Math.Max(PacketBits * responsesPerSecond, MinAdditivePerSecond) * seconds);
        }
        else
        {
            raised = _rate * Math.Pow(IncreasePerSecond, seconds);
        }

        _rate = Math.Min(Math.Min(raised, cap), maxBitsPerSecond);
    }

    private static double GetCap(long acknowledged) => (MaxOverAcknowledged * acknowledged) + OverAcknowledgedMargin;
}
