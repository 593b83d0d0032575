using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// When the media of one RTP stream was captured, on our clock. Known from the host's sender reports; until there is
/// one, and while what they say cannot be, the quickest packets of the last seconds stand for it. Where it turns out to
/// have been somewhat wrong it moves over slowly, so that sound can be stretched along. One thread at a time.
/// </summary>
internal sealed class CaptureClock
{
    // The minimum over five seconds outlasts a burst of late packets.
    private const int Windows = 5;
    private static readonly TimeSpan WindowLength = TimeSpan.FromSeconds(1);

    // A mapping that places the media longer than this before its arrival is another stream's, or of a host whose clock
    // is broken; one that places it behind its arrival even more so, apart from what jitter of the reports adds.
    private const long MaxBefore = 2_000_000_000;
    private const long MaxBehind = 100_000_000;

    // Further than this is no drift, jitter or new path, but another timeline.
    private const long JumpThreshold = 200_000_000;

    // In parts of the time that passes; a hundred times the drift of two crystals, and unheard when sound follows.
    private const double SlewRate = 0.01;

    // While the first packets come nothing is heard yet.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    // Newer packets whose timestamps are older by more than this: the sender has begun to count anew. Pictures may be
    // sent in another order than shown, by a few of them.
    private const long BackwardNanoseconds = 250_000_000;

    private readonly double _nanosecondsPerTick;
    private readonly long[] _minima = new long[Windows];
    private Timestamp _started = Timestamp.Never;
    private Timestamp _followed;
    private long _window;
    private long? _mappedOffset;
    private long _offset;
    private SequenceNumber _newest;
    private long _newestTimestamp;

    /// <param name="clockRate">Ticks of the RTP timestamp per second.</param>
    public CaptureClock(int clockRate)
    {
        _nanosecondsPerTick = 1e9 / clockRate;
        Array.Fill(_minima, long.MaxValue);
    }

    /// <summary>A packet has come, so <see cref="ToCapture"/> means something.</summary>
    public bool IsRunning => _started != Timestamp.Never;

    /// <summary>The capture times come from sender reports.</summary>
    public bool IsMapped =>
        IsRunning && _mappedOffset is { } mapped && mapped - ArrivalOffset is > -MaxBefore and < MaxBehind;

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
    public void OnPacket(Timestamp arrival, SequenceNumber number, long timestamp)
    {
        if (IsRunning && IsAnotherTimeline(number, timestamp))
        {
            Reset();
        }

        var offset = arrival.Nanoseconds - ToNanoseconds(timestamp);
        NoteMinimum(arrival, offset);
        if (!IsRunning)
        {
            _started = _followed = arrival;
            (_newest, _newestTimestamp) = (number, timestamp);
            _offset = _mappedOffset is { } mapped && IsMapped ? mapped : offset;
            return;
        }

        if ((short)(ushort)(number.Value - _newest.Value) > 0)
        {
            (_newest, _newestTimestamp) = (number, timestamp);
        }

        Follow(arrival);
    }

    /// <summary>
    /// A sender report: the media with <paramref name="timestamp"/> (unwrapped) was captured at <paramref
    /// name="capture"/>.
    /// </summary>
    public void OnMapping(long timestamp, Timestamp capture)
    {
        var isFirst = !IsMapped;
        _mappedOffset = capture.Nanoseconds - ToNanoseconds(timestamp);
        if (isFirst && IsMapped && _followed - _started < Settling)
        {
            _offset = _mappedOffset.Value;
        }
    }

    /// <summary>Capture time of the media with <paramref name="timestamp"/> (unwrapped).</summary>
    public Timestamp ToCapture(long timestamp) => new(_offset + ToNanoseconds(timestamp));

    /// <summary>The (unwrapped, fractional) RTP timestamp of what was captured at <paramref name="capture"/>.</summary>
    public double ToTimestamp(Timestamp capture) => (capture.Nanoseconds - _offset) / _nanosecondsPerTick;

    /// <summary>The stream begins anew with other timestamps.</summary>
    public void Reset()
    {
        Array.Fill(_minima, long.MaxValue);
        _started = Timestamp.Never;
        _mappedOffset = null;
    }

    private long ToNanoseconds(long timestamp) => (long)(timestamp * _nanosecondsPerTick);

    private bool IsAnotherTimeline(SequenceNumber number, long timestamp) =>
        (short)(ushort)(number.Value - _newest.Value) > 0 && ToNanoseconds(timestamp - _newestTimestamp) < -BackwardNanoseconds;

    private void NoteMinimum(Timestamp arrival, long offset)
    {
        var window = arrival.Nanoseconds / (WindowLength.Ticks * 100);
        if (window > _window)
        {
            for (var passed = Math.Max(_window + 1, window - Windows + 1); passed <= window; passed++)
            {
                _minima[passed % Windows] = long.MaxValue;
            }

            _window = window;
        }

        ref var minimum = ref _minima[_window % Windows];
        minimum = Math.Min(minimum, offset);
    }

    private void Follow(Timestamp arrival)
    {
        var target = IsMapped ? _mappedOffset!.Value : ArrivalOffset;
        var distance = target - _offset;
        var elapsed = arrival > _followed ? arrival - _followed : TimeSpan.Zero;
        _followed = Timestamp.Max(_followed, arrival);
        var isSettling = arrival - _started < Settling;
        if (Math.Abs(distance) > JumpThreshold || (isSettling && (IsMapped || distance < 0)))
        {
            _offset = target;
            return;
        }

        var step = (long)(elapsed.Ticks * 100 * SlewRate);
        _offset += Math.Clamp(distance, -step, step);
    }
}
