namespace MediaRelay.Testing.Probes.Reports;

/// <summary>Nearest-rank percentiles of some values; all are 0 of none.</summary>
public sealed record ProbeFigures(int Count, double Min, double P50, double P95, double P99, double Max)
{
    public static ProbeFigures Of(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered.Length == 0
            ? new ProbeFigures(0, 0, 0, 0, 0, 0)
            : new ProbeFigures(
                ordered.Length, ordered[0], Rank(ordered, 50), Rank(ordered, 95), Rank(ordered, 99), ordered[^1]);
    }

    public override string ToString() =>
        FormattableString.Invariant($"p50 {P50:0.0}, p95 {P95:0.0}, p99 {P99:0.0}, {Min:0.0} to {Max:0.0} of {Count}");

    private static double Rank(double[] ordered, int percent) => ordered[Math.Max(0, (int)Math.Ceiling(percent / 100.0 * ordered.Length) - 1)];
}
