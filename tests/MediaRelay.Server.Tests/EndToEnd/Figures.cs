using System.Globalization;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>Figures that the scenarios measure: one line each, beginning <c>figure:</c>, so that a run can be searched for them.</summary>
internal static class Figures
{
    public static void Print(ITestOutputHelper output, string what, double value, string unit) =>
        Print(output, what, string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}"));

    /// <summary>Several figures that say something only together.</summary>
    public static void Print(ITestOutputHelper output, string what, string values)
    {
        var line = $"figure: {what} = {values}";
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    /// <summary>Nearest-rank percentile of unordered values.</summary>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        double[] ordered = [.. values.Order()];
        var rank = (int)Math.Ceiling(percent / 100 * ordered.Length);
        return ordered[Math.Clamp(rank - 1, 0, ordered.Length - 1)];
    }
}
