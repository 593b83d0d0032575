using MediaRelay.LoadGenerator.Reports;

namespace MediaRelay.LoadGenerator.Tests.Reports;

public sealed class VerdictTests
{
    private static readonly Percentiles Nothing = new(0, 0, 0, 0, 0, 0);

    [Fact]
    public void Of_QuietRun_BlamesNobody()
    {
        Assert.Empty(Verdict.Of(0, 0.5, Hosts(skipped: 0, latenessMs: 2), [Joins(lateMs: 5)], orders: null));
    }

    [Theory]
    [InlineData(1, 0.5, 0, 2, 5, "receive queues")]
    [InlineData(0, 0.95, 0, 2, 5, "busy")]
    [InlineData(0, 0.5, 3, 2, 5, "not made")]
    [InlineData(0, 0.5, 0, 20, 5, "made late")]
    [InlineData(0, 0.5, 0, 2, 400, "joins began late")]
    public void Of_SomethingTooSlow_SaysWhat(long drops, double busy, long skipped, double latenessMs, double lateMs, string expected)
    {
        var limit = Assert.Single(Verdict.Of(drops, busy, Hosts(skipped, latenessMs), [Joins(lateMs)], orders: null));
        Assert.Contains(expected, limit, StringComparison.Ordinal);
    }

    private static HostReport Hosts(long skipped, double latenessMs) =>
        new(1, 1, 1, 1, 0, 0, 0, 0, skipped, Nothing with { P99Ms = latenessMs });

    private static JoinReport Joins(double lateMs) => new(
        1, 1, 1, 0, new Dictionary<string, int>(StringComparer.Ordinal), Nothing, Nothing, Nothing, Nothing, Nothing with { P99Ms = lateMs });
}
