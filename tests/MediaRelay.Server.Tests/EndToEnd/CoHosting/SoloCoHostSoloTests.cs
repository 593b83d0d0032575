using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Viewers;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// A host is alone, is joined by another, and is alone again, over networks of three kinds: what the viewers of both rooms see and hear,
/// from decoded pictures and samples.
/// </summary>
[Collection(ProbeCollection.Name)]
public sealed class SoloCoHostSoloTests(ProbeStage stage, ITestOutputHelper output)
{
    // In ms. What viewers do not notice.
    private const double LongestRepeat = 100;
    private const double LongestToneGap = 20;
    private const double LipSync = 40;
    private const double Skew = 50;
    private const double AddedLatency = 150;

    /// <summary>In dB.</summary>
    private const double OwnVoice = -40;

    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(10);

    // The delay and with it the sound's place move in the first seconds of a mix.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    [Fact]
    public Task Viewers_OnAPerfectUplink_SeeNoSeam() => WatchAsync(Uplink.Perfect);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(Uplink.Jitter)]
    [InlineData(Uplink.Loss)]
    public Task Viewers_OnABadUplink_SeeNoSeam(Uplink uplink) => WatchAsync(uplink);

    private Task WatchAsync(Uplink uplink) => stage.PlayAsync(output, async show =>
    {
        await show.PublishAsync();
        var seats = await Task.WhenAll(show.WatchAsync(show.RoomA, "ann"), show.WatchAsync(show.RoomB, "bob"));
        await Task.WhenAll(seats[0].UntilSceneAsync(ProbeShow.SoloA), seats[1].UntilSceneAsync(ProbeShow.SoloB));
        show.Link.Set(uplink);
        var begin = await seats[0].PlayAsync(TimeSpan.FromSeconds(0.5));
        var soloEnd = await seats[0].PlayAsync(Alone);

        var asked = await show.StartCoHostAsync();
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));
        var listener = await show.ListenToReturnAsync(show.RoomA, "return-of-a");
        var settled = await seats[0].PlayAsync(Settling);
        var mixEnd = await seats[0].PlayAsync(Together);

        var parted = await show.EndCoHostAsync();
        await Task.WhenAll(seats[0].UntilSceneAsync(ProbeShow.SoloA), seats[1].UntilSceneAsync(ProbeShow.SoloB));
        var end = await seats[0].PlayAsync(TimeSpan.FromSeconds(1));

        var verdict = new Verdict(output, uplink);
        for (var own = 0; own < seats.Length; own++)
        {
            var whole = seats[own].Analyse(begin, end);
            var solo = seats[own].Analyse(begin, soloEnd).Report();
            var mix = seats[own].Analyse(settled, mixEnd);
            JudgeSwitches(verdict, whole, own, asked, parted);
            JudgeMix(verdict, mix.Report(), solo.Sources[0].Latency.P50);
            if (own == 0)
            {
                var ownVoice = listener.Analyse(settled, mixEnd).OwnVoice(mix, 0);
                verdict.Demand("own voice in the return of A, p50", ownVoice.P50, OwnVoice, "dB");
                verdict.DemandInTime("own voice in the return of A, p95", ownVoice.P95, OwnVoice, "dB");
            }
        }

        verdict.Check(show, seats);
    });

    private static void JudgeSwitches(Verdict verdict, ProbeAnalysis analysis, int own, Timestamp asked, Timestamp parted)
    {
        var report = analysis.Report();
        verdict.Note(report.ToTable());
        var who = report.Viewer;
        verdict.DemandScenes(report, $"solo {own}", ProbeShow.Mix, $"solo {own}");
        var joined = analysis.Pictures.First(picture => picture.Scene == ProbeShow.Mix && picture.DecodedAt > asked);
        var alone = analysis.Pictures.First(picture => picture.Scene == $"solo {own}" && picture.DecodedAt > parted);
        var seen = report.Sources.First(source => source.Source == own);
        verdict.Tell($"{who}: asked to first mixed picture", (joined.DecodedAt - asked).TotalMilliseconds, "ms");
        verdict.Tell($"{who}: parted to first own picture", (alone.DecodedAt - parted).TotalMilliseconds, "ms");
        verdict.Demand($"{who}: black frames", report.BlackFrames, 0, "");

        // Once: where the mix, which is later than the host alone, takes over.
        verdict.Demand($"{who}: pictures of the own host out of order", seen.OrderViolations, 1, "");
        verdict.DemandInTime($"{who}: seen again of the own host", seen.LongestStepBack, AddedLatency, "ms");
        verdict.DemandInTime($"{who}: longest repeat of the own host", seen.LongestRepeat, LongestRepeat, "ms");
        verdict.DemandInTime($"{who}: longest gap of the own host's tone", seen.LongestToneGap, LongestToneGap, "ms");
        foreach (var (at, milliseconds) in analysis.ToneGaps(own).Where(gap => gap.Milliseconds > LongestToneGap))
        {
            verdict.Note($"{who}: no tone for {milliseconds:F1} ms, {(at - asked)?.TotalMilliseconds:F0} ms after asking, {(at - parted)?.TotalMilliseconds:F0} ms after parting");
        }
    }

    private static void JudgeMix(Verdict verdict, ProbeReport mix, double plainLatency)
    {
        verdict.Note(mix.ToTable());
        Assert.Equal([0, 1], mix.Sources.Select(source => source.Source));
        foreach (var source in mix.Sources)
        {
            var what = $"{mix.Viewer}, source {source.Source}";
            verdict.DemandInTime($"{what}: added latency p95", source.Latency.P95 - plainLatency, AddedLatency, "ms");
            verdict.DemandInTime($"{what}: lip sync p95", Worst(source.LipSync), LipSync, "ms");
        }

        foreach (var skew in mix.Skews)
        {
            verdict.DemandInTime($"{mix.Viewer}: skew of pictures p95", skew.PicturesApart.P95, Skew, "ms");
            verdict.DemandInTime($"{mix.Viewer}: skew of sound p95", Worst(skew.Sound), Skew, "ms");
        }
    }

    /// <summary>How far either way; no number when there is none.</summary>
    private static double Worst(ProbeFigures figures) =>
        figures.Count == 0 ? double.NaN : Math.Max(Math.Abs(figures.P95), Math.Abs(figures.Min));
}
