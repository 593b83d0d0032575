using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Plans probes: short runs of padding, faster than the estimate, that show whether the path carries what the next
/// layer needs. Without them the estimate of a sender that sends one layer never exceeds 1.5 times that layer.
/// <para>
/// A probe asks for at most twice what is known to fit and lasts 40 ms, so that on a path that carries no more it
/// queues 40 ms at the worst. When it succeeds, the next one doubles again until what is wanted is reached; when it
/// fails, or the queue grows, the next one waits for 2, 4, then 8 s: a path that has become faster is found within 8 s.
/// </para>
/// </summary>
internal sealed class ProbeController
{
    // libwebrtc probes for 15 ms; 40 ms stand ± 10 ms of jitter.
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(40);

    // libwebrtc: at least 5 packets; the next step is 2 times what was found, and only if that was 70 % of what was
    // tried.
    private const int MinPackets = 5;
    private const double Step = 2;
    private const double SuccessShare = 0.7;

    // Above what is wanted, so that what a probe measures (it loses 5 % where the path is saturated) still reaches it.
    private const double OverWanted = 1.1;

    // The first backoff doubled so often at most: 8 s.
    private const int MaxBackoffDoublings = 2;

    // A burst per 5 ms, the pace of libwebrtc's pacer; a late loop catches up with no more than this at once.
    private const int MaxBurstBytes = 8_192;
    private static readonly TimeSpan BurstInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(2);

    // After a probe whose feedback was lost.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    // A caller that cannot send, or a loop that stalls, makes a measurement of nothing.
    private static readonly TimeSpan MaxSending = TimeSpan.FromMilliseconds(200);

    // Feedback of the last packet: a round trip, and up to 250 ms between feedbacks (libwebrtc), of which one may be
    // lost.
    private static readonly TimeSpan FeedbackMargin = TimeSpan.FromMilliseconds(500);

    private State _state;
    private ProbeMeasurement _measurement;
    private byte _cluster;
    private long _bitsPerSecond;
    private Timestamp _start;
    private Timestamp _nextBurst;
    private Timestamp _deadline;
    private Timestamp _notBefore;
    private int _sentBytes;
    private int _sentPackets;
    private int _failures;

    private enum State
    {
        /// <summary>No probe runs; the next may begin at <see cref="_notBefore"/>.</summary>
        Idle,

        /// <summary>Bursts are being sent; all that is sent between them is part of the cluster.</summary>
        Sending,

        /// <summary>All is sent; feedback is awaited until <see cref="_deadline"/>.</summary>
        Awaiting,
    }

    /// <summary>The cluster that a packet sent now is part of; 0 for none.</summary>
    public byte SendingCluster => _state == State.Sending ? _cluster : (byte)0;

    public bool IsRunning => _state != State.Idle;

    private int TargetBytes => (int)(_bitsPerSecond * Duration.TotalSeconds / 8);

    private int MaxPacketBytes => Math.Clamp(TargetBytes / MinPackets, 100, 1_200);

    /// <summary>
    /// When <see cref="TryTake"/> or <see cref="HandleTimeout"/> has something to do, with a probe wanted or not.
    /// </summary>
    public Timestamp GetNextTimeout(bool isWanted) => _state switch
    {
        State.Sending => _nextBurst,
        State.Awaiting => _deadline,
        _ => isWanted ? _notBefore : Timestamp.Never,
    };

    /// <summary>
    /// Gives what is to be sent now, to be called until false. A probe begins when <paramref name="isAllowed"/> and
    /// <paramref name="wanted"/> is above <paramref name="target"/>, all in bits per second.
    /// </summary>
    public bool TryTake(Timestamp now, long target, long wanted, bool isAllowed, out ProbeBurst burst)
    {
        burst = default;
        if (_state == State.Idle && isAllowed && wanted > target && now >= _notBefore)
        {
            Start(now, Math.Min((long)(wanted * OverWanted), (long)(target * Step)));
        }

        if (_state != State.Sending || now < _nextBurst)
        {
            return false;
        }

        _nextBurst = now + BurstInterval;
        var due = GetDueBytes(now - _start);
        if (due < 1)
        {
            return false;
        }

        burst = new ProbeBurst(_cluster, Math.Min(due, MaxBurstBytes), MaxPacketBytes);
        return true;
    }

    /// <summary>A packet was sent that is part of <see cref="SendingCluster"/>.</summary>
    public void OnPacketSent(Timestamp now, int bytes, TimeSpan roundTrip)
    {
        _sentBytes += bytes;
        _sentPackets++;
        if (now - _start >= Duration && _sentBytes >= TargetBytes && _sentPackets >= MinPackets)
        {
            _state = State.Awaiting;
            _deadline = now + roundTrip + FeedbackMargin;
        }
    }

    /// <summary>A packet of a cluster was reported as lost.</summary>
    public void OnLost(byte cluster)
    {
        if (IsRunning && cluster == _cluster)
        {
            _measurement.OnLost();
        }
    }

    /// <summary>A packet of a cluster arrived; times in microseconds.</summary>
    public void OnReceived(byte cluster, long sent, long arrival, int bytes, bool wasLost)
    {
        if (IsRunning && cluster == _cluster)
        {
            _measurement.OnReceived(sent, arrival, bytes, wasLost);
        }
    }

    /// <summary>
    /// True when the probe is over and has shown that <paramref name="bitsPerSecond"/> fit. <paramref
    /// name="isReported"/> when feedback has told of packets up to the cluster's last.
    /// </summary>
    public bool TryFinish(Timestamp now, bool isReported, out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (_state != State.Awaiting || (!isReported && now < _deadline))
        {
            return false;
        }

        if (_measurement.TryGetBitsPerSecond(_sentPackets, out bitsPerSecond))
        {
            End(now, bitsPerSecond >= _bitsPerSecond * SuccessShare);
            return true;
        }

        if (_measurement.Received + _measurement.Lost < _sentPackets)
        {
            // Feedback was lost: nothing is known of the path, so this is no failure.
            _state = State.Idle;
            _notBefore = Timestamp.Max(_notBefore, now + RetryDelay);
            return false;
        }

        End(now, isSuccess: false);
        return false;
    }

    /// <summary>Gives up a probe that could not be sent.</summary>
    public void HandleTimeout(Timestamp now)
    {
        if (_state == State.Sending && now - _start > MaxSending)
        {
            End(now, isSuccess: false);
        }
    }

    /// <summary>The queue grows or packets are lost: a running probe has failed, and the next one waits.</summary>
    public void OnCongestion(Timestamp now)
    {
        if (IsRunning)
        {
            End(now, isSuccess: false);
        }

        _notBefore = Timestamp.Max(_notBefore, now + FirstBackoff);
    }

    // What is to be sent so long after the start: media that was sent meanwhile counts. The last packet leaves at the
    // end in any case, as the measurement is of the time between the first and the last.
    private int GetDueBytes(TimeSpan elapsed)
    {
        if (elapsed < Duration)
        {
            var planned = elapsed + BurstInterval < Duration ? elapsed + BurstInterval : Duration;
            return (int)(_bitsPerSecond * planned.TotalSeconds / 8) - _sentBytes;
        }

        var missingPackets = Math.Max(MinPackets - _sentPackets, 1);
        return Math.Max(TargetBytes - _sentBytes, missingPackets * MaxPacketBytes);
    }

    private void Start(Timestamp now, long bitsPerSecond)
    {
        _state = State.Sending;
        _measurement = default;
        _cluster = _cluster == byte.MaxValue ? (byte)1 : (byte)(_cluster + 1);
        _bitsPerSecond = bitsPerSecond;
        _start = now;
        _nextBurst = now;
        _sentBytes = 0;
        _sentPackets = 0;
    }

    private void End(Timestamp now, bool isSuccess)
    {
        _state = State.Idle;
        if (isSuccess)
        {
            _failures = 0;
            return;
        }

        _notBefore = Timestamp.Max(_notBefore, now + (FirstBackoff * (1 << Math.Min(_failures, MaxBackoffDoublings))));
        _failures++;
    }
}
