using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// How long one stream's media takes from capture until it can be shown: the value that nearly all of the last seconds
/// stayed under. One thread writes, any reads.
/// </summary>
internal sealed class DelaySamples
{
    // 256 samples: five seconds of sound, eight of pictures.
    private const int Capacity = 256;
    private const double Quantile = 0.97;

    // Sorting 256 numbers costs a few µs; every eighth sample is often enough.
    private const int Interval = 8;

    private readonly long[] _samples = new long[Capacity];
    private int _count;
    private long _total;
    private long _quantile;

    public bool HasValue => Volatile.Read(ref _total) > 0;

    public TimeSpan Value => TimeSpan.FromMicroseconds(Volatile.Read(ref _quantile) / 1000);

    public void Add(TimeSpan delay)
    {
        _samples[_total % Capacity] = (long)(delay.TotalMicroseconds * 1000);
        _count = Math.Min(_count + 1, Capacity);
        Volatile.Write(ref _total, _total + 1);
        if (_total < Interval || _total % Interval == 0)
        {
            Span<long> sorted = stackalloc long[Capacity];
            _samples.AsSpan(0, _count).CopyTo(sorted);
            sorted[.._count].Sort();
            Volatile.Write(ref _quantile, sorted[(int)((_count - 1) * Quantile)]);
        }
    }

    public void Reset()
    {
        _count = 0;
        Volatile.Write(ref _total, 0);
    }
}
