using System.Diagnostics;

namespace MediaRelay.CommerceBench;

/// <summary>Percentiles of times in ticks of the stopwatch.</summary>
internal static class Percentile
{
    /// <summary>In microseconds. Sorts the times.</summary>
    public static double Of(long[] ticks, double share)
    {
        Array.Sort(ticks);
        return ticks[Math.Min(ticks.Length - 1, (int)(ticks.Length * share))] * 1e6 / Stopwatch.Frequency;
    }
}
