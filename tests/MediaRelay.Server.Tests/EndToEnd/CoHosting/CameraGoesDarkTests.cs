using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>One co-host's camera is unplugged for a while: what the viewers of both rooms see of it, and of the other.</summary>
[Collection(ProbeCollection.Name)]
public sealed class CameraGoesDarkTests(ProbeStage stage, ITestOutputHelper output)
{
    // In ms.
    private const double LongestStill = 500;
    private const double LongestReturn = 1000;
    private const double LongestRepeat = 100;

    // A picture's own time.
    private const double PictureTime = 1000 / 30.0;

    [Fact]
    public Task Viewers_OneCameraDarkDuringACoHost_SeeItsSlateAndTheOtherUnharmed() => stage.PlayAsync(output, async show =>
    {
        await show.PublishAsync();
        var seats = await Task.WhenAll(show.WatchAsync(show.RoomA, "ann"), show.WatchAsync(show.RoomB, "bob"));
        await show.StartCoHostAsync();
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));
        var begin = await seats[0].PlayAsync(TimeSpan.FromSeconds(2));
        show.B.IsDark = true;
        await Task.WhenAll(seats.Select(seat => seat.UntilAsync("B's slate", static picture => picture.Find(1) is null && picture.Find(0) is not null)));
        await seats[0].PlayAsync(TimeSpan.FromSeconds(1));

        // A camera that comes back begins with a key frame.
        show.B.RequestKeyFrame(show.Clock.Now);
        show.B.IsDark = false;
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));
        var end = await seats[0].PlayAsync(TimeSpan.FromSeconds(1));

        var verdict = new Verdict(output, Uplink.Perfect);
        foreach (var seat in seats)
        {
            var analysis = seat.Analyse(begin, end);
            var report = analysis.Report();
            verdict.Note(report.ToTable());
            var slate = analysis.Pictures.First(picture => picture.Find(1) is null);
            var held = analysis.FirstShowings(1).Last(shown => shown.Picture.Time < slate.Time);
            var back = analysis.FirstShowings(1).First(shown => shown.Picture.Time > slate.Time);
            verdict.DemandInTime($"{report.Viewer}: last picture held", ((slate.Time - held.Picture.Time) / 90.0) - PictureTime, LongestStill, "ms");
            verdict.DemandInTime(
                $"{report.Viewer}: back after its key frame", (back.Picture.DecodedAt - back.Tile.CapturedAt).TotalMilliseconds, LongestReturn, "ms");
            verdict.DemandInTime($"{report.Viewer}: longest repeat of the other", report.Sources[0].LongestRepeat, LongestRepeat, "ms");
            verdict.Demand($"{report.Viewer}: pictures of the other out of order", report.Sources[0].OrderViolations, 0, "");
            verdict.Demand($"{report.Viewer}: black frames", report.BlackFrames, 0, "");
            verdict.DemandScenes(report, ProbeShow.Mix);
        }

        verdict.Check(show, seats);
    });
}
