using MediaRelay.Testing.Probes.Reports;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// Collects figures against their limits, so that a scenario tells all that was missed and not the first alone. Limits of time are held
/// against the relay only when hosts and viewers got the processor when they needed it; otherwise they are printed, and said not to count.
/// </summary>
internal sealed class Verdict(ITestOutputHelper output, Uplink uplink)
{
    // Two pictures in which hosts, which are threads like those of relay and mixer, were not run at all.
    private static readonly TimeSpan LongestStall = TimeSpan.FromMilliseconds(66);

    // Limits are in whole units; a figure that is one over by the rounding of a double is not.
    private const double Rounding = 0.05;

    private readonly List<string> _missed = [];
    private readonly List<string> _missedInTime = [];

    public void Note(string text) => output.WriteLine(text.TrimEnd());

    public void Tell(string what, double value, string unit) => Figures.Print(output, $"{uplink} uplink, {what}", value, unit);

    /// <summary>What must hold however busy the machine is.</summary>
    public void Demand(string what, double value, double limit, string unit) => Judge(_missed, what, value, limit, unit);

    /// <summary>What must hold as long as the machine runs everybody in time.</summary>
    public void DemandInTime(string what, double value, double limit, string unit) => Judge(_missedInTime, what, value, limit, unit);

    /// <summary>What is seen must change so and not otherwise: a worker that got no time is taken for a hung one, and is replaced.</summary>
    public void DemandScenes(ProbeReport report, params IReadOnlyList<string> scenes)
    {
        if (!report.Scenes.SequenceEqual(scenes))
        {
            _missedInTime.Add($"{report.Viewer}: {string.Join(", ", report.Scenes)} instead of {string.Join(", ", scenes)}");
        }
    }

    public void Check(ProbeShow show, params IReadOnlyList<ProbeSeat> seats)
    {
        var skipped = (show.A?.Skipped ?? 0) + show.B.Skipped;
        var stall = seats.Max(seat => seat.Probe.LongestStall);
        var isBusy = skipped > 0 || stall > LongestStall;
        if (isBusy)
        {
            Figures.Print(
                output, $"{uplink} uplink, limits of time", $"not judged: hosts got no time for {skipped} pictures, viewers waited {stall.TotalMilliseconds:F0} ms for theirs");
            _missedInTime.ForEach(missed => output.WriteLine($"would be missed: {missed}"));
        }

        IEnumerable<string> counted = isBusy ? _missed : [.. _missed, .. _missedInTime];
        Assert.True(!counted.Any(), string.Join('\n', counted));
    }

    private void Judge(List<string> missed, string what, double value, double limit, string unit)
    {
        Tell(what, value, unit);
        if (!(value <= limit + Rounding))
        {
            missed.Add(FormattableString.Invariant($"{what}: {value:0.0} {unit} instead of at most {limit} {unit}"));
        }
    }
}
