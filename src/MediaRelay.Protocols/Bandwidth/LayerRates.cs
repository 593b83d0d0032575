using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// The measured bit rates of a publisher's layers, lowest first, as <see cref="LayerChooser"/> takes them. One thread
/// at a time.
/// </summary>
public sealed class LayerRates
{
    /// <summary>What Chromium sends at most.</summary>
    public const int MaxLayers = 3;

    /// <summary>Long enough that a key frame does not look like a faster layer.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A layer without a packet for this long is not there: its sender has switched it off, or stopped.
    /// </summary>
    public static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(1);

    private readonly BitRateMeter[] _meters;

    /// <param name="count">Layers, 1 to <see cref="MaxLayers"/>.</param>
    public LayerRates(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxLayers);
        _meters = new BitRateMeter[count];
        for (var layer = 0; layer < count; layer++)
        {
            _meters[layer] = new BitRateMeter(Window);
        }
    }

    public int Count => _meters.Length;

    /// <summary>A packet of the layer came, in UDP payload bytes.</summary>
    public void Add(Timestamp now, int layer, int bytes)
    {
        var meter = _meters[layer];
        if (now - meter.LastPacket > MaxIdle)
        {
            meter.Reset();
        }

        meter.Add(now, bytes);
    }

    /// <summary>Bits per second of a layer; 0 when it is not there, or not yet known.</summary>
    public long GetBitsPerSecond(Timestamp now, int layer)
    {
        var meter = _meters[layer];
        return now - meter.LastPacket > MaxIdle ? 0 : meter.GetBitsPerSecond(now);
    }

    /// <summary>Writes the rates of all layers and returns how many.</summary>
    public int Read(Timestamp now, Span<long> rates)
    {
        for (var layer = 0; layer < _meters.Length; layer++)
        {
            rates[layer] = GetBitsPerSecond(now, layer);
        }

        return _meters.Length;
    }
}
