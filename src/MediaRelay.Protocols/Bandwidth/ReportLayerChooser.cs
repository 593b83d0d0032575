using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Chooses the layer of a viewer that gives no transport-wide feedback, from its receiver reports alone (RFC 3550
/// §6.4.1): down when two in a row tell of much loss or of a queue, up by trial, whose pauses double when a trial
/// fails. Loss that was there before the relay must not be part of what the viewer reports on. One per viewer and video
/// track.
/// </summary>
public sealed class ReportLayerChooser
{
    // draft-ietf-rmcat-gcc-02 §6: above 10 % the rate is too high, below 2 % more can be tried. In 1/256, as reported.
    private const int HighLoss = 26;
    private const int LowLoss = 5;
    private const int ReportsToFall = 2;

    // A round trip of twice the least and 200 ms more is a queue that no viewer wants to sit behind.
    private const int QueueRoundTrips = 2;
    private static readonly TimeSpan QueueMargin = TimeSpan.FromMilliseconds(200);

    // Reports come every second or so: a trial shows after two of them.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FailedRise = TimeSpan.FromSeconds(8);

    private TimeSpan _pause = FirstPause;
    private TimeSpan? _leastRoundTrip;
    private Timestamp _quietFrom = Timestamp.Never;
    private Timestamp _lastRise = Timestamp.Never;
    private int _badReports;
    private bool _hasRiseFailed;

    public ReportLayerChooser(int initialLayer = 0) => Layer = initialLayer;

    /// <summary>The layer to forward, 0 the lowest.</summary>
    public int Layer { get; private set; }

    /// <summary>
    /// Takes a report on what is forwarded and returns the layer to forward. <paramref name="fractionLost"/> is in
    /// 1/256, <paramref name="roundTrip"/> null when unknown; <paramref name="rates"/> are the layers' rates, lowest
    /// first, 0 for one that is not there. Only which layers are there matters of them.
    /// </summary>
    public int OnReport(Timestamp now, byte fractionLost, TimeSpan? roundTrip, ReadOnlySpan<long> rates)
    {
        var isBad = fractionLost > HighLoss || IsQueue(roundTrip);
        _badReports = isBad ? _badReports + 1 : 0;
        if (_badReports >= ReportsToFall)
        {
            _badReports = 0;
            Fall(now, rates);
        }
        else if (isBad || fractionLost > LowLoss || _quietFrom == Timestamp.Never)
        {
            _quietFrom = now;
        }
        else if (now - _quietFrom >= _pause)
        {
            Rise(now, rates);
        }

        return MoveToPresent(rates);
    }

    /// <summary>Returns the layer to forward when layers have come or gone, without a report.</summary>
    public int MoveToPresent(ReadOnlySpan<long> rates)
    {
        if (Layer < rates.Length && rates[Layer] > 0)
        {
            return Layer;
        }

        var layer = Find(Math.Min(Layer, rates.Length) - 1, -1, rates) ?? Find(Layer + 1, 1, rates);
        Layer = layer ?? Math.Max(0, Math.Min(Layer, rates.Length - 1));
        return Layer;
    }

    private bool IsQueue(TimeSpan? roundTrip)
    {
        if (roundTrip is not { } value)
        {
            return false;
        }

        _leastRoundTrip = _leastRoundTrip is { } least && least < value ? least : value;
        return value > (_leastRoundTrip.Value * QueueRoundTrips) + QueueMargin;
    }

    private void Fall(Timestamp now, ReadOnlySpan<long> rates)
    {
        if (_lastRise != Timestamp.Never && now - _lastRise < FailedRise)
        {
            _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
            _hasRiseFailed = true;
        }

        _quietFrom = now;
        Layer = Find(Math.Min(Layer, rates.Length) - 1, -1, rates) ?? Layer;
    }

    private void Rise(Timestamp now, ReadOnlySpan<long> rates)
    {
        if (Find(Layer + 1, 1, rates) is { } layer)
        {
            if (!_hasRiseFailed)
            {
                // The last rise held: the path has changed since the trials that failed.
                _pause = FirstPause;
            }

            _hasRiseFailed = false;
            _lastRise = now;
            Layer = layer;
        }

        _quietFrom = now;
    }

    private static int? Find(int from, int step, ReadOnlySpan<long> rates)
    {
        for (var layer = from; layer >= 0 && layer < rates.Length; layer += step)
        {
            if (rates[layer] > 0)
            {
                return layer;
            }
        }

        return null;
    }
}
