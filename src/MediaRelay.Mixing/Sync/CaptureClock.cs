using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// When the media of one RTP stream was captured, on our clock. Known from the host's sender reports; until there is
/// one, the quickest packets of the last seconds stand for it. One thread at a time.
/// </summary>
internal sealed class CaptureClock
{
    // The minimum over five seconds follows the drift of two crystals (50 ppm: 0.25 ms) and outlasts a burst of late
    // packets.
    private const int Windows = 5;
    private static readonly TimeSpan WindowLength = TimeSpan.FromSeconds(1);

    // A mapping that places the media further than this from its arrival is another stream's, or of a host with a
    // broken clock.
    private const long MaxPlausible = 2_000_000_000;

    // Reports differ by the reporter's own rounding; more than this is a new start of its clock.
    private const long StepThreshold = 100_000_000;

    private readonly double _nanosecondsPerTick;
    private readonly long[] _minima = new long[Windows];
    private Timestamp _windowEnd = Timestamp.Never;
    private int _window;
    private long? _mappedOffset;

    /// <param name="clockRate">Ticks of the RTP timestamp per second.</param>
    public CaptureClock(int clockRate)
    {
        _nanosecondsPerTick = 1e9 / clockRate;
        Array.Fill(_minima, long.MaxValue);
    }

    /// <summary>A packet has come, so <see cref="ToCapture"/> means something.</summary>
    public bool IsRunning => _windowEnd != Timestamp.Never;

    /// <summary>The capture times come from sender reports.</summary>
    public bool IsMapped => _mappedOffset is { } mapped && IsRunning && Math.Abs(mapped - ArrivalOffset) < MaxPlausible;

    private long Offset => IsMapped ? _mappedOffset!.Value : ArrivalOffset;

    private long ArrivalOffset
    {
        get
        {
            var minimum = long.MaxValue;
            foreach (var offset in _minima)
            {
                minimum = Math.Min(minimum, offset);
            }

            return minimum;
        }
    }

    /// <summary>A packet with <paramref name="timestamp"/> (unwrapped) arrived.</summary>
    public void OnPacket(Timestamp arrival, long timestamp)
    {
        var offset = arrival.Nanoseconds - (long)(timestamp * _nanosecondsPerTick);
        if (!IsRunning)
        {
            _windowEnd = arrival + WindowLength;
        }

        if (arrival >= _windowEnd)
        {
            _window = (_window + 1) % Windows;
            _minima[_window] = long.MaxValue;
            _windowEnd = arrival + WindowLength;
        }

        _minima[_window] = Math.Min(_minima[_window], offset);
    }

    /// <summary>
    /// A sender report: the media with <paramref name="timestamp"/> (unwrapped) was captured at <paramref
    /// name="capture"/>.
    /// </summary>
    public void OnMapping(long timestamp, Timestamp capture)
    {
        var offset = capture.Nanoseconds - (long)(timestamp * _nanosecondsPerTick);
        if (_mappedOffset is { } before && Math.Abs(offset - before) < StepThreshold)
        {
            offset = before + ((offset - before) / 4);
        }

        _mappedOffset = offset;
    }

    /// <summary>Capture time of the media with <paramref name="timestamp"/> (unwrapped).</summary>
    public Timestamp ToCapture(long timestamp) => new(Offset + (long)(timestamp * _nanosecondsPerTick));

    /// <summary>The (unwrapped, fractional) RTP timestamp of what was captured at <paramref name="capture"/>.</summary>
    public double ToTimestamp(Timestamp capture) => (capture.Nanoseconds - Offset) / _nanosecondsPerTick;

    /// <summary>The stream begins anew with other timestamps.</summary>
    public void Reset()
    {
        Array.Fill(_minima, long.MaxValue);
        _windowEnd = Timestamp.Never;
        _mappedOffset = null;
    }
}
