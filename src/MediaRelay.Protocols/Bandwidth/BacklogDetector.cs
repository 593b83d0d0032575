namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Notices a path that has suddenly become much slower from the packets of one or two frames, long before the trend of
/// the delay shows it: when 1.5 Mbit/s meet a limit of 400 kbit/s the queue grows by 2.75 s per second, so what counts
/// is each 50 ms.
/// <para>
/// It follows the packets that arrive while others wait behind them: their rate is what the path carries. Sudden is
/// when in one such run the delay grows by 40 ms while less arrives than 60 % of what is sent. The largest step of a
/// run is left out, as that may be a radio link's pause, after which everything arrives at once.
/// </para>
/// </summary>
internal sealed class BacklogDetector
{
    // Twice what ± 10 ms of jitter do; at 400 kbit/s two packets of 1,200 bytes and the largest step make it. 25 ms
    // would save 40 ms of queue there, and take ± 20 ms of jitter for a limit.
    private const long MinGrowthMicroseconds = 40_000;
    private const double MaxShareOfSent = 0.6;

    // All of a run tells whether it is slow, as a few packets under jitter do not; its last packets how slow it is, as
    // those before a limit began were faster.
    private const int RateSpan = 4;

    // As in PacketGrouping: the receiver's clock was changed.
    private const long MaxClockJumpMicroseconds = 3_000_000;

    // The least delay of the last 5 to 10 s is that of the path alone; a clock that is off by 100 ppm moves 1 ms
    // meanwhile.
    private const long BaseHalfMicroseconds = 5_000_000;

    private long _previousSent;
    private long _previousArrival;
    private bool _hasPrevious;
    private long _baseCurrent = long.MaxValue;
    private long _basePrevious = long.MaxValue;
    private long _baseTurn;

    // Of the run's packets, by their number in the run modulo the length: when they arrived, and all bytes up to then.
    private readonly long[] _arrivals = new long[RateSpan + 1];
    private readonly long[] _bytesUntil = new long[RateSpan + 1];
    private int _runPackets;
    private long _runStart;
    private long _runBytes;
    private long _growth;
    private long _largestStep;

    /// <summary>
    /// Adds a packet, times in microseconds on the sender's and the receiver's clock. Returns what the path carries, in
    /// bits per second, when that is suddenly much less than <paramref name="sentBitsPerSecond"/>; otherwise 0.
    /// </summary>
    public long Add(long sent, long arrival, int bytes, long sentBitsPerSecond)
    {
        if (_hasPrevious && Math.Abs(arrival - _previousArrival - (sent - _previousSent)) > MaxClockJumpMicroseconds)
        {
            Reset();
        }

        if (_hasPrevious && (sent < _previousSent || arrival < _previousArrival))
        {
            return 0;
        }

        var leastDelay = UpdateBase(sent, arrival);
        var isWaiting = _hasPrevious && _previousArrival >= sent + leastDelay;
        if (!isWaiting)
        {
            _runPackets = 0;
            _runStart = arrival;
            _runBytes = 0;
            _growth = 0;
            _largestStep = 0;
        }
        else
        {
            var step = arrival - _previousArrival - (sent - _previousSent);
            _growth += step;
            _largestStep = Math.Max(_largestStep, step);
            _runBytes += bytes;
        }

        var slot = _runPackets % _arrivals.Length;
        _arrivals[slot] = arrival;
        _bytesUntil[slot] = _runBytes;
        _runPackets++;

        _previousSent = sent;
        _previousArrival = arrival;
        _hasPrevious = true;
        if (_growth - _largestStep < MinGrowthMicroseconds)
        {
            return 0;
        }

        var ofRun = GetRate(_runBytes, _runStart, arrival);
        if (ofRun >= sentBitsPerSecond * MaxShareOfSent)
        {
            return 0;
        }

        // Growth takes at least two steps, so that there are three packets.
        var first = (_runPackets - Math.Min(_runPackets, _arrivals.Length)) % _arrivals.Length;
        return Math.Max(Math.Min(ofRun, GetRate(_runBytes - _bytesUntil[first], _arrivals[first], arrival)), 1);
    }

    private void Reset()
    {
        _hasPrevious = false;
        _baseCurrent = long.MaxValue;
        _basePrevious = long.MaxValue;
        _growth = 0;
        _largestStep = 0;
    }

    private static long GetRate(long bytes, long from, long to) => bytes * 8_000_000 / Math.Max(to - from, 1);

    private long UpdateBase(long sent, long arrival)
    {
        if (_baseCurrent == long.MaxValue)
        {
            _baseTurn = arrival + BaseHalfMicroseconds;
        }
        else if (arrival >= _baseTurn)
        {
            _basePrevious = _baseCurrent;
            _baseCurrent = long.MaxValue;
            _baseTurn = arrival + BaseHalfMicroseconds;
        }

        _baseCurrent = Math.Min(_baseCurrent, arrival - sent);
        return Math.Min(_baseCurrent, _basePrevious);
    }
}
