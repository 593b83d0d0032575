using MediaRelay.Client.Statistics;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Reports;

namespace MediaRelay.LoadGenerator.Crowds;

/// <summary>How the joins of a group of viewers went. Any thread.</summary>
internal sealed class JoinStatistics
{
    private readonly FailureCounts _failures = new();
    private long _attempted;
    private long _joined;

    public LatencyHistogram Answered { get; } = new();

    public LatencyHistogram Connected { get; } = new();

    public LatencyHistogram FirstPacket { get; } = new();

    public LatencyHistogram FirstKeyFrame { get; } = new();

    /// <summary>How much later than due joins began: our own fault.</summary>
    public LatencyHistogram Late { get; } = new();

    public void Attempt() => Interlocked.Increment(ref _attempted);

    public void Join(TimeSpan answeredAfter)
    {
        Interlocked.Increment(ref _joined);
        Answered.Record(answeredAfter);
    }

    public void Fail(string reason) => _failures.Add(reason);

    public JoinReport Report()
    {
        var attempted = Interlocked.Read(ref _attempted);
        return new JoinReport(
            attempted, Interlocked.Read(ref _joined), Connected.Count, attempted - Connected.Count,
            _failures.ToDictionary(),
            Percentiles.Of(Answered), Percentiles.Of(Connected), Percentiles.Of(FirstPacket), Percentiles.Of(FirstKeyFrame),
            Percentiles.Of(Late));
    }
}
