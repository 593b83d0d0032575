using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class FirstFrameTests(Stage stage, ITestOutputHelper output)
{
    private const int Joins = 10;

    [Fact]
    public Task Viewers_JoiningALiveRoomOneAfterTheOther_SeeAFrameSoon() => stage.PlayAsync(output, async scene =>
    {
        await scene.PublishRedAsync();
        var times = new List<double>();
        for (var i = 0; i < Joins; i++)
        {
            var viewer = await scene.WatchAsync(scene.RoomA, $"viewer-{i}");
            times.Add(await viewer.ReadFirstFrameTimeAsync());
            await scene.LeaveAsync(viewer);
        }

        Figures.Print(output, $"POST to first frame, p50 of {Joins}", Figures.Percentile(times, 50), "ms");
        Figures.Print(output, $"POST to first frame, p95 of {Joins}", Figures.Percentile(times, 95), "ms");

        // No figure of the machine's: beyond this a viewer has waited for something that never came, and was repaired.
        Assert.All(times, time => Assert.InRange(time, 0, 5000));
    });
}
