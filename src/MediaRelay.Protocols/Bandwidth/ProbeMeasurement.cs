namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// What became of one probe cluster: the rate at which it left and the one at which it arrived (as libwebrtc's
/// probe_bitrate_estimator does it). Times in microseconds.
/// </summary>
internal struct ProbeMeasurement
{
    // libwebrtc: 80 % of the cluster must have arrived; an arrival twice as fast as the departure was held back and
    // released at once and measures nothing; below 90 % of the departure the path was saturated, of which 95 % is
    // taken.
    private const double MinReceivedShare = 0.8;
    private const double MaxArrivalOverDeparture = 2.0;
    private const double SaturatedShare = 0.9;
    private const double SaturatedMargin = 0.95;
    private const int MinReceived = 4;

    private long _firstSent;
    private long _lastSent;
    private long _firstArrival;
    private long _lastArrival;
    private int _bytes;
    private int _lastSentBytes;
    private int _firstArrivalBytes;

    public int Received { get; private set; }

    public int Lost { get; private set; }

    public void OnLost() => Lost++;

    /// <summary>
    /// Adds a packet that arrived; <paramref name="wasLost"/> when it had been reported as lost before.
    /// </summary>
    public void OnReceived(long sent, long arrival, int bytes, bool wasLost)
    {
        Lost -= wasLost ? 1 : 0;
        if (Received == 0 || sent < _firstSent)
        {
            _firstSent = sent;
        }

        // All that left with the last burst took no part in the time that departures span.
        if (Received == 0 || sent > _lastSent)
        {
            _lastSent = sent;
            _lastSentBytes = bytes;
        }
        else if (sent == _lastSent)
        {
            _lastSentBytes += bytes;
        }

        // Nor did the first packet in that of the arrivals.
        if (Received == 0 || arrival < _firstArrival)
        {
            _firstArrival = arrival;
            _firstArrivalBytes = bytes;
        }

        _lastArrival = Received == 0 ? arrival : Math.Max(_lastArrival, arrival);
        _bytes += bytes;
        Received++;
    }

    /// <summary>
    /// False when too little of <paramref name="sentPackets"/> arrived, or in a way that tells nothing.
    /// </summary>
    public readonly bool TryGetBitsPerSecond(int sentPackets, out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        var departure = _lastSent - _firstSent;
        var arrival = _lastArrival - _firstArrival;
        if (Received < MinReceived || Received < sentPackets * MinReceivedShare || departure <= 0 || arrival <= 0)
        {
            return false;
        }

        var sendRate = (_bytes - _lastSentBytes) * 8_000_000.0 / departure;
        var arrivalRate = (_bytes - _firstArrivalBytes) * 8_000_000.0 / arrival;
        if (arrivalRate > sendRate * MaxArrivalOverDeparture)
        {
            return false;
        }

        bitsPerSecond = arrivalRate < sendRate * SaturatedShare
            ? (long)(arrivalRate * SaturatedMargin)
            : (long)Math.Min(sendRate, arrivalRate);
        return true;
    }
}
