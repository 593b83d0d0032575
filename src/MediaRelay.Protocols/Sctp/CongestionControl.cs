namespace MediaRelay.Protocols.Sctp;

/// <summary>Slow start, congestion avoidance and fast recovery (RFC 9260 §7.2), in bytes of user data.</summary>
internal sealed class CongestionControl(int packetSize, int initialPackets)
{
    private int _partialBytesAcked;
    private Tsn? _fastRecoveryExit;

    /// <summary>Bytes that may be in flight.</summary>
    public int Window { get; private set; } = packetSize * initialPackets;

    public int SlowStartThreshold { get; private set; } = int.MaxValue;

    public bool IsInFastRecovery => _fastRecoveryExit is not null;

    /// <summary>
    /// Bytes were acknowledged. The window grows only if it was in use, so that a quiet sender does not gather a right to a burst.
    /// </summary>
    public void OnAcknowledged(int bytes, bool isCumulative, bool wasWindowFull, bool isAllAcknowledged)
    {
        if (Window <= SlowStartThreshold)
        {
            if (isCumulative && wasWindowFull && !IsInFastRecovery)
            {
                Window += Math.Min(bytes, packetSize);
            }

            return;
        }

        _partialBytesAcked += bytes;
        if (_partialBytesAcked >= Window && wasWindowFull && isCumulative)
        {
            _partialBytesAcked -= Window;
            Window += packetSize;
        }

        if (isAllAcknowledged)
        {
            _partialBytesAcked = 0;
        }
    }

    /// <summary>Leaves fast recovery once everything that was outstanding when it began is acknowledged.</summary>
    public void OnCumulativeAck(Tsn acknowledged)
    {
        if (_fastRecoveryExit is { } exit && acknowledged >= exit)
        {
            _fastRecoveryExit = null;
        }
    }

    /// <summary>Chunks were found lost by gap reports (RFC 9260 §7.2.4). True when this begins a fast recovery.</summary>
    public bool TryEnterFastRecovery(Tsn highestOutstanding)
    {
        if (IsInFastRecovery)
        {
            return false;
        }

        Halve();
        Window = SlowStartThreshold;
        _fastRecoveryExit = highestOutstanding;
        return true;
    }

    /// <summary>T3-rtx expired (RFC 9260 §7.2.3).</summary>
    public void OnTimeout()
    {
        Halve();
        Window = packetSize;
        _fastRecoveryExit = null;
    }

    /// <summary>Nothing was sent for <paramref name="timeouts"/> RTOs: what was learnt about the path fades (RFC 9260 §7.2.1).</summary>
    public void OnIdle(int timeouts)
    {
        var least = packetSize * initialPackets;
        for (var i = 0; i < timeouts && Window > least; i++)
        {
            Window = Math.Max(Window / 2, least);
        }
    }

    private void Halve()
    {
        SlowStartThreshold = Math.Max(Window / 2, 4 * packetSize);
        _partialBytesAcked = 0;
    }
}
