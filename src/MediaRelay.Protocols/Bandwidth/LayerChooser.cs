using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Chooses the layer that a viewer gets, from the layers' rates and the estimate of its path: down at once when the
/// layer no longer fits, up when the next one has fitted with a margin for a while. One per viewer and video track, of
/// a few dozen bytes.
/// <para>
/// A layer change needs a key frame. When the choice falls and <see cref="IsUrgent"/>, what is forwarded should stop at
/// once rather than with the key frame, as every packet until then lengthens a queue that the key frame will wait
/// behind.
/// </para>
/// </summary>
public sealed class LayerChooser
{
    /// <summary>
    /// A higher layer is taken when the estimate is this many times its rate: frames are uneven, and resends need room.
    /// </summary>
    public const double UpMargin = 1.2;

    /// <summary>What is aimed for, so that the estimate comes to stay above <see cref="UpMargin"/>.</summary>
    public const double WantedMargin = 1.25;

    // Overuse cuts to 85 %; a single false one of an estimate near the layer's rate must not cost the layer.
    private const double DownMargin = 0.9;
    private const double UrgentShare = 0.5;
    private const int BackoffDoublings = 4;

    // An estimate between the margin and the rate for longer than it takes to grow back (8 % per second) is what fits.
    private static readonly TimeSpan MaxShortfall = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UpHold = TimeSpan.FromMilliseconds(500);

    // A fall this soon after a rise was caused by it; the next rise must then hold 2, 4, 8, at most 16 s.
    private static readonly TimeSpan FailedRise = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BackoffMemory = TimeSpan.FromSeconds(60);

    private Timestamp _upFrom = Timestamp.Never;
    private Timestamp _shortfallFrom = Timestamp.Never;
    private Timestamp _lastRise = Timestamp.Never;
    private Timestamp _lastFailure = Timestamp.Never;
    private int _failures;

    public LayerChooser(int initialLayer = 0) => Layer = initialLayer;

    /// <summary>The layer to forward, 0 the lowest.</summary>
    public int Layer { get; private set; }

    /// <summary>
    /// What the estimate, other streams included, should reach for the highest layer, in bits per second; 0 when that
    /// is forwarded. For <see cref="SendSideEstimator.WantedBitsPerSecond"/>.
    /// </summary>
    public long WantedBitsPerSecond { get; private set; }

    /// <summary>True when the last choice lies below the layer that is forwarded, and less than half of that one's rate fits.</summary>
    public bool IsUrgent { get; private set; }

    private TimeSpan CurrentUpHold => _failures == 0 ? UpHold : FirstBackoff * (1 << (_failures - 1));

    /// <summary>
    /// Returns the layer to forward; to be called after each feedback and a few times a second. <paramref
    /// name="estimate"/> is the whole path's and <paramref name="reserved"/> what other streams of the viewer take of
    /// it (sound); <paramref name="rates"/> are the layers' rates, lowest first, 0 for one that is not there; cut off
    /// above a layer that the viewer does not want. All in bits per second. <paramref name="forwarded"/> is the layer that leaves
    /// while the chosen one's key frame is waited for; without it, the one chosen before.
    /// </summary>
    public int Choose(Timestamp now, long estimate, long reserved, ReadOnlySpan<long> rates, int? forwarded = null)
    {
        var available = Math.Max(estimate - reserved, 0);
        var old = forwarded ?? Layer;
        if (Layer >= rates.Length || rates[Layer] == 0)
        {
            MoveToPresent(now, available, rates);
        }
        else if (IsTooMuch(now, available, rates[Layer]))
        {
            Fall(now, available, rates);
        }
        else
        {
            TryRise(now, available, rates);
        }

        // An estimate often falls in steps: what counts is not the last step but what fills the path now.
        IsUrgent = Layer < old && old < rates.Length && available < rates[old] * UrgentShare;
        var highest = FindHighest(rates);
        WantedBitsPerSecond = highest > Layer ? (long)(rates[highest] * WantedMargin) + reserved : 0;
        return Layer;
    }

    private bool IsTooMuch(Timestamp now, long available, long rate)
    {
        if (available >= rate)
        {
            _shortfallFrom = Timestamp.Never;
            return false;
        }

        if (_shortfallFrom == Timestamp.Never)
        {
            _shortfallFrom = now;
        }

        return available < rate * DownMargin || now - _shortfallFrom >= MaxShortfall;
    }

    private void Fall(Timestamp now, long available, ReadOnlySpan<long> rates)
    {
        var old = Layer;
        var fitting = FindFitting(available, rates, margin: 1);
        if (fitting >= old)
        {
            return;
        }

        if (_lastRise != Timestamp.Never && now - _lastRise < FailedRise)
        {
            _failures = Math.Min(_failures + 1, BackoffDoublings);
            _lastFailure = now;
        }

        MoveTo(fitting);
    }

    private void TryRise(Timestamp now, long available, ReadOnlySpan<long> rates)
    {
        if (_failures > 0 && now - _lastFailure > BackoffMemory)
        {
            _failures = 0;
        }

        var fitting = FindFitting(available, rates, UpMargin);
        if (fitting <= Layer)
        {
            _upFrom = Timestamp.Never;
            return;
        }

        if (_upFrom == Timestamp.Never)
        {
            _upFrom = now;
        }

        if (now - _upFrom >= CurrentUpHold)
        {
            _lastRise = now;
            MoveTo(fitting);
        }
    }

    // The layer went away, or the viewer's limit came down: neither tells of the path.
    private void MoveToPresent(Timestamp now, long available, ReadOnlySpan<long> rates)
    {
        var highest = FindHighest(rates);
        if (highest < 0)
        {
            Layer = Math.Max(0, Math.Min(Layer, rates.Length - 1));
            return;
        }

        var fitting = FindFitting(available, rates, margin: 1);
        if (fitting > Layer)
        {
            _lastRise = now;
        }

        MoveTo(fitting);
    }

    private void MoveTo(int layer)
    {
        Layer = layer;
        _upFrom = Timestamp.Never;
        _shortfallFrom = Timestamp.Never;
    }

    // The highest layer that fits with a margin; otherwise the lowest one there is.
    private static int FindFitting(long available, ReadOnlySpan<long> rates, double margin)
    {
        var lowest = 0;
        for (var layer = rates.Length - 1; layer >= 0; layer--)
        {
            if (rates[layer] == 0)
            {
                continue;
            }

            if (rates[layer] * margin <= available)
            {
                return layer;
            }

            lowest = layer;
        }

        return lowest;
    }

    private static int FindHighest(ReadOnlySpan<long> rates)
    {
        var layer = rates.Length - 1;
        while (layer >= 0 && rates[layer] == 0)
        {
            layer--;
        }

        return layer;
    }
}
