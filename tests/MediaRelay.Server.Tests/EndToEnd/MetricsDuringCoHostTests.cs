using MediaRelay.Server.Tests.Api;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class MetricsDuringCoHostTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task Metrics_DuringACoHost_SatisfyPromtoolAndTellWhatHappens() => stage.PlayAsync(output, async scene =>
    {
        await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        await scene.StartCoHostAsync();
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue);

        await Promtool.CheckMetricsAsync(await scene.Server.ReadMetricsAsync());
        await scene.UntilMetricAsync("mediarelay_hosts", value => value == 2);
        await scene.UntilMetricAsync("mediarelay_viewers", value => value == 1);
        Assert.Equal(1, await scene.Server.ReadMetricAsync("mediarelay_mix_workers"));
        Assert.True(await scene.Server.ReadMetricAsync("mediarelay_packets_sent_total") > 0);
        Assert.Equal(0, await scene.Server.ReadMetricAsync("mediarelay_mix_black_frames_total"));
    });
}
