namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Where overuse was met: mean and deviation of the rate that arrived then (draft-ietf-rmcat-gcc-02 §5.5, "average max
/// bit rate"; the constants are libwebrtc's link_capacity_estimator). Near it the rate is raised by steps instead of
/// percent.
/// </summary>
internal struct LinkCapacity
{
    // §5.5: an exponential average with 0.95; a rate outside of three deviations is another link.
    private const double Weight = 0.05;
    private const double MinDeviation = 0.4;
    private const double MaxDeviation = 2.5;
    private const double InitialDeviation = 0.4;
    private const int Deviations = 3;

    private double _meanKbps;

    // Variance divided by the mean, so that one bound fits slow and fast links.
    private double _variance;

    public readonly bool IsKnown => _meanKbps > 0;

    private readonly double Deviation => Math.Sqrt(_variance * _meanKbps);

    public void Add(double bitsPerSecond)
    {
        var kbps = bitsPerSecond / 1_000;
        if (!IsKnown || Math.Abs(kbps - _meanKbps) > Deviations * Deviation)
        {
            _meanKbps = kbps;
            _variance = InitialDeviation;
            return;
        }

        _meanKbps = ((1 - Weight) * _meanKbps) + (Weight * kbps);
        var error = _meanKbps - kbps;
        var sample = error * error / Math.Max(_meanKbps, 1);
        _variance = Math.Clamp(((1 - Weight) * _variance) + (Weight * sample), MinDeviation, MaxDeviation);
    }

    /// <summary>True when the rate is as close to the capacity as its estimate is exact.</summary>
    public readonly bool IsNear(double bitsPerSecond) =>
        IsKnown && Math.Abs((bitsPerSecond / 1_000) - _meanKbps) <= Deviations * Deviation;

    /// <summary>True when the capacity is known and the rate above it by more than the estimate is inexact.</summary>
    public readonly bool IsBelow(double bitsPerSecond) =>
        IsKnown && bitsPerSecond / 1_000 > _meanKbps + (Deviations * Deviation);

    public void Forget() => this = default;
}
