using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.Client.Tests.Sources;

/// <summary>Needs GStreamer's programs with x264enc and opusenc, which the setup script installs.</summary>
public sealed class GStreamerProcessSourceTests
{
    [Fact]
    public async Task Host_PipelineOfGStreamer_ViewersGetPicturesAndSound()
    {
        using var harness = new ClientHarness();
        Assert.True(
            GStreamerProcessSource.TryStart(
                new GStreamerOptions { Title = "Aurora 晨光", Width = 180, Height = 320 }, new LoopClock(TimeProvider.System),
                out var source, out var problem),
            problem);
        var host = await harness.PublishAsync(source, new HostOptions { Pacing = TimeSpan.FromMilliseconds(5) });
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false });
        await ClientHarness.UntilAsync(
            () => viewer.Video!.Pictures >= 30 && viewer.Audio!.Packets >= 30 && viewer.FirstKeyFrameAt is not null,
            () => $"host {host.Counters.Pictures}, viewer {viewer.Video!.Pictures}, sound {viewer.Audio!.Packets}; {(source.Ended.IsCompleted ? source.Ended.Result : "runs")}");
        Assert.Equal(0, viewer.Video!.Missing);
        host.Close();
        await host.Closed;
        Assert.NotEmpty(await source.Ended);
    }

    [Fact]
    public async Task Ended_PatternThatDoesNotExist_SaysWhatTheLauncherSaid()
    {
        Assert.True(GStreamerProcessSource.TryStart(
            new GStreamerOptions { Title = "x", Pattern = "no-such-pattern" }, new LoopClock(TimeProvider.System), out var source, out _));
        using (source)
        {
            Assert.Contains("no-such-pattern", await source.Ended.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
        }
    }
}
