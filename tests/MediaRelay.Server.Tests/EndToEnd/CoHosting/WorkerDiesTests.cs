using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>The process that mixes is killed in the middle of a session.</summary>
[Collection(ProbeCollection.Name)]
public sealed partial class WorkerDiesTests(ProbeStage stage, ITestOutputHelper output)
{
    // In ms.
    private const double LongestUntilOwnHost = 500;
    private const double LongestUntilMix = 2000;

    [Fact]
    public Task Viewers_WorkerKilledDuringACoHost_SeeTheirOwnHostSoonAndTheMixAgain() => stage.PlayAsync(output, async show =>
    {
        await show.PublishAsync();
        var seats = await Task.WhenAll(show.WatchAsync(show.RoomA, "ann"), show.WatchAsync(show.RoomB, "bob"));
        await show.StartCoHostAsync();
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));
        var begin = await seats[0].PlayAsync(TimeSpan.FromSeconds(1));
        using (var worker = Process.GetProcessById(FindWorker(show.Server.Log)))
        {
            worker.Kill();
        }

        var killed = show.Clock.Now;
        await Task.WhenAll(seats[0].UntilSceneAsync(ProbeShow.SoloA), seats[1].UntilSceneAsync(ProbeShow.SoloB));
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));
        var end = await seats[0].PlayAsync(TimeSpan.FromSeconds(1));

        var verdict = new Verdict(output, Uplink.Perfect);
        for (var own = 0; own < seats.Length; own++)
        {
            var analysis = seats[own].Analyse(begin, end);
            var report = analysis.Report();
            verdict.Note(report.ToTable());
            verdict.DemandScenes(report, ProbeShow.Mix, $"solo {own}", ProbeShow.Mix);
            var alone = analysis.Pictures.First(picture => picture.Scene == $"solo {own}");
            var again = analysis.Pictures.First(picture => picture.Scene == ProbeShow.Mix && picture.DecodedAt > alone.DecodedAt);
            verdict.DemandInTime($"{report.Viewer}: kill to own host", (alone.DecodedAt - killed).TotalMilliseconds, LongestUntilOwnHost, "ms");
            verdict.DemandInTime($"{report.Viewer}: kill to mix again", (again.DecodedAt - killed).TotalMilliseconds, LongestUntilMix, "ms");
            verdict.DemandInTime($"{report.Viewer}: longest pause", report.LongestPause, LongestUntilOwnHost, "ms");
            verdict.Demand($"{report.Viewer}: black frames", report.BlackFrames, 0, "");
            verdict.Tell($"{report.Viewer}: longest gap of the own host's tone", report.Sources.First(source => source.Source == own).LongestToneGap, "ms");
        }

        verdict.Check(show, seats);
    });

    /// <summary>The worker of the session that was started last, as the server's log names it.</summary>
    private static int FindWorker(string log) => int.Parse(WorkerLine().Matches(log)[^1].Groups["id"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"worker (?<id>\d+) (runs|is shown)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WorkerLine();
}
