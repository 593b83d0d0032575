using System.Globalization;

namespace MediaRelay.CoHostSoak;

/// <summary>
/// Whether what a process holds is flat: the medians of the second and of the last quarter of the time lie close together. The first
/// quarter is left out, in which code is compiled and pools fill.
/// </summary>
internal static class SoakVerdict
{
    /// <summary>Growth that is noise, in MiB: what a collection more or less makes of it.</summary>
    public const double AllowedMiB = 12;

    /// <summary>Threads and descriptors come and go with the sessions of the moment.</summary>
    public const int AllowedHandles = 8;

    /// <summary>Says what each holds at first and at last; true when all of it is flat.</summary>
    public static bool Judge(IReadOnlyList<SoakSample> samples, TextWriter output)
    {
        var server = samples.Select(sample => (ProcessReading?)sample.Server).ToList();
        var isFlat = Judge("server, resident MiB", server, reading => reading.ResidentMiB, AllowedMiB, output);
        isFlat &= Judge("server, threads", server, reading => reading.Threads, AllowedHandles, output);
        isFlat &= Judge("server, descriptors", server, reading => reading.Descriptors, AllowedHandles, output);
        var worker = samples.Select(sample => sample.Worker).ToList();
        isFlat &= Judge("mixer of the long session, resident MiB", worker, reading => reading.ResidentMiB, AllowedMiB, output);
        isFlat &= Judge("mixer of the long session, threads", worker, reading => reading.Threads, AllowedHandles, output);
        return isFlat & Judge("mixer of the long session, descriptors", worker, reading => reading.Descriptors, AllowedHandles, output);
    }

    private static bool Judge(
        string what, List<ProcessReading?> readings, Func<ProcessReading, double> pick, double allowed, TextWriter output)
    {
        var quarter = readings.Count / 4;
        var first = Median(readings.Skip(quarter).Take(quarter), pick);
        var last = Median(readings.TakeLast(quarter), pick);
        var isFlat = last - first <= allowed;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {first:0.#} in the second quarter, {last:0.#} in the last ({last - first:+0.#;-0.#;0}; allowed +{allowed}){(isFlat ? "" : ": GROWS")}"));
        return isFlat;
    }

    // NaN where there is nothing to judge, which no limit allows.
    private static double Median(IEnumerable<ProcessReading?> readings, Func<ProcessReading, double> pick)
    {
        var values = readings.OfType<ProcessReading>().Select(pick).Order().ToList();
        return values.Count == 0 ? double.NaN : values[values.Count / 2];
    }
}
