namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Tells from the trend of the one-way delay whether a queue grows: a line is fitted through the smoothed delay of the
/// last groups, and its slope compared with a threshold that follows what jitter alone causes (draft-ietf-rmcat-gcc-02
/// §5.3 and §5.4, with libwebrtc's trendline in place of the draft's Kalman filter).
/// </summary>
internal sealed class TrendlineDetector
{
    // libwebrtc's trendline_estimator: samples in the line, smoothing of the delay, and gain of the slope.
    private const int WindowSize = 20;
    private const double Smoothing = 0.9;
    private const double Gain = 4;
    private const int MaxSamplesInGain = 60;

    // §5.4: del_var_th(0) = 12.5 ms, K_u and K_d, 6 to 600 ms, no adaptation to outliers of more than 15 ms, and 10 ms
    // of overuse before it counts.
    private const double InitialThreshold = 12.5;
    private const double GainUp = 0.0087;
    private const double GainDown = 0.039;
    private const double MinThreshold = 6;
    private const double MaxThreshold = 600;
    private const double MaxOutlier = 15;
    private const double MaxAdaptationMs = 100;
    private const double OveruseTimeMs = 10;

    // A large key frame, or a probe, fills a queue at once that then drains; the smoothed delay still climbs while it
    // does. Only a delay that is at the top of its last samples belongs to a queue that grows.
    private const int DrainSamples = 4;

    private readonly double[] _times = new double[WindowSize];
    private readonly double[] _smoothedDelays = new double[WindowSize];
    private readonly double[] _delays = new double[WindowSize];
    private long _firstArrival;
    private int _samples;
    private double _delay;
    private double _smoothedDelay;
    private double _previousTrend;
    private double _overuseMs;
    private int _overuseSamples;
    private double _lastTime;

    public BandwidthUsage Usage { get; private set; }

    /// <summary>Growth of the delay over time: 0.1 when it grows by 100 ms in a second.</summary>
    public double Trend { get; private set; }

    /// <summary>What the trend, scaled, is compared with, in milliseconds.</summary>
    public double Threshold { get; private set; } = InitialThreshold;

    public BandwidthUsage Update(in GroupDelta delta)
    {
        if (_samples == 0)
        {
            _firstArrival = delta.Arrival;
        }

        var time = (delta.Arrival - _firstArrival) / 1_000.0;
        _delay += delta.DelayVariation;
        _smoothedDelay = (Smoothing * _smoothedDelay) + ((1 - Smoothing) * _delay);
        var isDraining = IsBelowRecent(_delay);
        var slot = _samples % WindowSize;
        _times[slot] = time;
        _smoothedDelays[slot] = _smoothedDelay;
        _delays[slot] = _delay;
        _samples++;
        if (_samples >= WindowSize)
        {
            Trend = FitSlope() ?? Trend;
        }

        Detect(time, delta.SendMilliseconds, isDraining);
        return Usage;
    }

    /// <summary>
    /// Forgets the samples, after which the delay of other packets would be compared with theirs; the threshold stays.
    /// </summary>
    public void Reset()
    {
        _samples = 0;
        _delay = 0;
        _smoothedDelay = 0;
        _previousTrend = 0;
        _overuseMs = 0;
        _overuseSamples = 0;
        _lastTime = 0;
        Trend = 0;
        Usage = BandwidthUsage.Normal;
    }

    private void Detect(double time, double sendMilliseconds, bool isDraining)
    {
        if (_samples < 2)
        {
            return;
        }

        var scaled = Math.Min(_samples, MaxSamplesInGain) * Trend * Gain;
        if (scaled > Threshold)
        {
            _overuseMs += _overuseSamples == 0 ? sendMilliseconds / 2 : sendMilliseconds;
            _overuseSamples++;
            if (isDraining)
            {
                Usage = BandwidthUsage.Underusing;
            }
            else if (_overuseMs > OveruseTimeMs && _overuseSamples > 1 && Trend >= _previousTrend)
            {
                _overuseMs = 0;
                _overuseSamples = 0;
                Usage = BandwidthUsage.Overusing;
            }
        }
        else
        {
            _overuseMs = 0;
            _overuseSamples = 0;
            Usage = scaled < -Threshold ? BandwidthUsage.Underusing : BandwidthUsage.Normal;
        }

        _previousTrend = Trend;
        AdaptThreshold(time, Math.Abs(scaled));
    }

    private void AdaptThreshold(double time, double scaled)
    {
        var elapsed = Math.Clamp(time - _lastTime, 0, MaxAdaptationMs);
        _lastTime = time;
        if (scaled > Threshold + MaxOutlier)
        {
            return;
        }

        var gain = scaled < Threshold ? GainDown : GainUp;
        Threshold = Math.Clamp(Threshold + (gain * (scaled - Threshold) * elapsed), MinThreshold, MaxThreshold);
    }

    private bool IsBelowRecent(double delay)
    {
        for (var back = 1; back <= Math.Min(_samples, DrainSamples); back++)
        {
            if (delay < _delays[(_samples - back) % WindowSize])
            {
                return true;
            }
        }

        return false;
    }

    // Least squares; null when all samples arrived at one time.
    private double? FitSlope()
    {
        double sumTime = 0;
        double sumDelay = 0;
        for (var i = 0; i < WindowSize; i++)
        {
            sumTime += _times[i];
            sumDelay += _smoothedDelays[i];
        }

        var meanTime = sumTime / WindowSize;
        var meanDelay = sumDelay / WindowSize;
        double numerator = 0;
        double denominator = 0;
        for (var i = 0; i < WindowSize; i++)
        {
            var time = _times[i] - meanTime;
            numerator += time * (_smoothedDelays[i] - meanDelay);
            denominator += time * time;
        }

        return denominator > 0 ? numerator / denominator : null;
    }
}
