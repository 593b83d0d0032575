using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>
/// The loss grid: a browser watches over a link that loses datagrams both ways, in conditions from perfect to barely usable. Each cell
/// prints one figure.
/// </summary>
[Collection(LinkCollection.Name)]
public sealed class ViewerOnALossyNetworkTests(LinkStage stage, ITestOutputHelper output)
{
    // A third of a second's: so many more may be in the jitter buffer at the end than were at the beginning.
    private const int FramesUnderWay = 5;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>Loss in percent, round trip in ms.</summary>
    public static TheoryData<int, int> Grid { get; } = MakeGrid();

    [Theory]
    [InlineData(0, 20)]
    [InlineData(5, 100)]
    [InlineData(1, 300)]
    [InlineData(10, 300)]
    public Task Viewer_CornersOfTheGrid_WatchesOn(int lossPercent, int roundTripMs) => WatchAsync(lossPercent, roundTripMs, Short);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Grid))]
    public Task Viewer_WholeGrid_WatchesOn(int lossPercent, int roundTripMs) => WatchAsync(lossPercent, roundTripMs, Long);

    private Task WatchAsync(int lossPercent, int roundTripMs, TimeSpan duration) => stage.PlayAsync(
        output,
        async scene =>
        {
            var host = await scene.PublishBusyAsync(360, 640, SendEncoding.Single);
            stage.SetConditions(lossPercent / 100.0, TimeSpan.FromMilliseconds(roundTripMs));
            var viewer = await scene.WatchAsync(scene.RoomA, "ann");
            var firstFrame = await viewer.ReadFirstFrameTimeAsync();
            var measured = await CellMeasurement.TakeAsync(scene, host, viewer, stage.Link, duration);

            var cell = $"loss {lossPercent} % RTT {roundTripMs} ms";
            Figures.Print(output, cell, FormattableString.Invariant($"first frame {firstFrame:0} ms, {measured}"));

            var (leastShare, longestPauseMs) = Demand(lossPercent, roundTripMs);
            Assert.True(
                measured.Received.FramesDecoded >= (measured.FramesSent * leastShare) - FramesUnderWay,
                $"{cell}: less than {leastShare * 100} % decoded: {measured}");
            Assert.True(measured.LongestPauseMs <= longestPauseMs, $"{cell}: stuck for more than {longestPauseMs} ms: {measured}");
        },
        name: $"loss-{lossPercent}-rtt-{roundTripMs}");

    private static TheoryData<int, int> MakeGrid()
    {
        var cells = new TheoryData<int, int>();
        foreach (var roundTripMs in new[] { 20, 100, 300 })
        {
            foreach (var lossPercent in new[] { 0, 1, 5, 10 })
            {
                cells.Add(lossPercent, roundTripMs);
            }
        }

        return cells;
    }

    /// <summary>What a viewer may demand: least share of the frames, longest pause in ms.</summary>
    private static (double LeastShare, double LongestPauseMs) Demand(int lossPercent, int roundTripMs) => (lossPercent, roundTripMs) switch
    {
        // A lost packet comes again after one round trip, most of the time: the jitter buffer hides it.
        ( <= 5, <= 100) or ( <= 1, _) => (0.95, 1000),

        // One packet in twenty or ten, and its resend again: some frames wait for a second or third attempt, each a round trip.
        (_, <= 100) => (0.90, 1500),

        // The picture limps; it may not stop.
        _ => (0.50, 3000),
    };
}
