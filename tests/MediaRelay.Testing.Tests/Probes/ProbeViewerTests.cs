using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.Testing.Tests.Probes;

/// <summary>A source straight into a viewer by a clock of the test's, with faults that are known: the report must name each of them.</summary>
public sealed class ProbeViewerTests
{
    private static readonly TimeSpan Phase = TimeSpan.FromMilliseconds(7);

    // Opus gives everything 312 samples later than its timestamps say (its look-ahead), as any player hears it.
    private const double LookAheadMs = 6.5;

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void Report_SourceThatIsWatchedDirectly_FindsNothingWrong(VideoCodec codec)
    {
        var report = Watch(codec: codec).Report();
        Assert.Equal(0, report.BlackFrames);
        Assert.Equal(0, report.UnreadFrames);
        Assert.Equal(["solo 1"], report.Scenes);
        Assert.InRange(report.PicturesPerSecond, 29.9, 30.1);
        var source = Assert.Single(report.Sources);
        Assert.Equal((1, 0, 0, 0L), (source.Source, source.OrderViolations, source.Repeated, source.Missing));
        Assert.Equal((3, 3), (source.BurstsExpected, source.BurstsHeard));
        Assert.InRange(source.LipSync.Min, -LookAheadMs - 1, -LookAheadMs + 1);
        Assert.InRange(source.LipSync.Max, -LookAheadMs - 1, -LookAheadMs + 1);
        Assert.InRange(source.LongestToneGap, 0, 7.5);

        // Time goes in steps of 5 ms here, and pictures are captured 7 ms after a step's beginning.
        Assert.InRange(source.Latency.Max, 0, 5);
    }

    [Fact]
    public void Report_SoundSaidToBeCapturedLater_SeesItInTheLipSync()
    {
        var source = Assert.Single(Watch(soundDelay: TimeSpan.FromMilliseconds(60)).Report().Sources);
        Assert.InRange(source.LipSync.P50, -61 - LookAheadMs, -59 - LookAheadMs);

        // Arrival knows nothing of reports: sound comes when its 20 ms are full, at a step of the clock.
        Assert.InRange(source.LipSyncByArrival.P50, -30 - LookAheadMs, -15 - LookAheadMs);
    }

    [Fact]
    public void ToneGaps_TenPacketsLost_AreOneGapOfTheirLength()
    {
        // The decoder makes up nothing for a hole as long as this.
        var analysis = Watch(passes: static (isVideo, number) => isVideo || number is < 60 or >= 70);
        var (_, milliseconds) = Assert.Single(analysis.ToneGaps(1), gap => gap.Milliseconds > 10);
        Assert.InRange(milliseconds, 195, 205);
    }

    [Fact]
    public void Report_OneSoundPacketLost_IsMadeUpAsAPlayerDoes()
    {
        var report = Watch(passes: static (isVideo, number) => isVideo || number != 60).Report();
        Assert.Equal(20, report.Concealed);
        Assert.InRange(Assert.Single(report.Sources).LongestToneGap, 0, 15);
    }

    [Fact]
    public void Report_CameraDarkForAWhile_MeasuresTheRepeat()
    {
        var report = Watch(isDark: static sinceEpoch => sinceEpoch is > 1.5 and < 1.9).Report();
        var source = Assert.Single(report.Sources);
        Assert.Equal(12, source.Missing);
        Assert.InRange(source.LongestRepeat, 399, 401);
        Assert.InRange(report.LongestStep, 433 - 1, 433 + 1);
    }

    [Fact]
    public void OwnVoice_OfTheSameSound_IsAsLoud()
    {
        var analysis = Watch();
        var level = analysis.OwnVoice(analysis, 1);
        Assert.InRange(level.P50, -0.1, 0.1);
        Assert.Throws<InvalidOperationException>(() => analysis.OwnVoice(analysis, 2));
    }

    /// <summary>Plays three seconds and a half in steps of 5 ms.</summary>
    /// <param name="soundDelay">The sound is said to be captured that much later than it was.</param>
    /// <param name="passes">Whether a packet (of the picture?, its number) reaches the viewer.</param>
    /// <param name="isDark">Whether there is no picture so many seconds after the epoch.</param>
    private static ProbeAnalysis Watch(
        VideoCodec codec = VideoCodec.H264, TimeSpan soundDelay = default, Func<bool, int, bool>? passes = null, Func<double, bool>? isDark = null)
    {
        var time = new ManualTime();
        var clock = new LoopClock(time);
        var options = new ProbeSourceOptions(1, clock.Now) { Codec = codec, Phase = Phase };
        using var viewer = new ProbeViewer("direct", codec, [options], [ProbeScene.Solo(1)], clock);
        using var host = new MixerProbeHost(0, new ProbeSource(options, clock), clock);
        viewer.TakeMapping(isVideo: true, new RtpTimestamp(0), clock.WallClock(options.Epoch));
        viewer.TakeMapping(isVideo: false, new RtpTimestamp(0), clock.WallClock(options.Epoch + soundDelay));
        host.SetWatch((isVideo, at, packet) =>
        {
            Assert.True(RtpPacket.TryParse(packet.Span, out var parsed));
            if (passes?.Invoke(isVideo, parsed.SequenceNumber.Value) != false)
            {
                viewer.TakeRtp(isVideo, at, packet.Span);
            }
        });
        var end = options.Epoch + TimeSpan.FromSeconds(3.5);
        for (; clock.Now < end; time.Advance(TimeSpan.FromMilliseconds(5)))
        {
            host.Source.IsDark = isDark?.Invoke((clock.Now - options.Epoch).TotalSeconds) == true;
            host.Capture(clock.Now);
            viewer.Drain();
        }

        return new ProbeAnalysis(viewer, options.Epoch, end);
    }
}
