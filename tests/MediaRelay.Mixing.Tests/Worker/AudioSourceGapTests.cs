using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Worker;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>What is heard of a host whose packets are lost, late, or not sent, whose clock drifts or jumps; in virtual time.</summary>
public sealed class AudioSourceGapTests
{
    private const string Mono = "audioconvert mix-matrix=<<(float)0.5,(float)0.5>> ! audio/x-raw,channels=1 ! opusenc bitrate=32000 frame-size=20";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_LossWhereTheNextPacketHasACopy_IsRecovered(int seed)
    {
        var random = new Random(seed);
        var lost = 0;
        using var host = new VirtualHost(isSpeech: true);
        host.Way = at => at > 500 && random.NextDouble() < 0.05 && ++lost > 0 ? null : 25;
        host.Play(10);

        // Two in a row leave one to make up, and what the encoder takes for noise has no copy.
        Assert.InRange(host.Source.Recovered / AudioEncoder.Frames, lost * 0.6, lost);
        Assert.InRange((host.Source.Recovered + host.Source.Concealed) / AudioEncoder.Frames, lost - 1, lost);
        using var whole = new VirtualHost(isSpeech: true);
        whole.Play(10);
        Assert.All(host.Levels(1_000, 9_900).Zip(whole.Levels(1_000, 9_900)), pair => Assert.Equal(pair.Second, pair.First, 0.15 * VirtualHost.Amplitude));
    }

    [Fact]
    public void Read_TwoLostInARow_TheFirstIsMadeUpTheSecondRecovered()
    {
        using var host = new VirtualHost(isSpeech: true);
        host.Way = at => at > 500 && at % 500 is 0 or 20 ? null : 25;
        host.Play(10);
        var (recovered, concealed) = (host.Source.Recovered / AudioEncoder.Frames, host.Source.Concealed / AudioEncoder.Frames);
        Assert.InRange(recovered, 10, 19);
        Assert.InRange(recovered + concealed, 37, 39);
    }

    [Fact]
    public void Read_LatePackets_AreCountedAndWhatIsLeftOfThemIsHeard()
    {
        using var host = new VirtualHost();
        // Seldom enough that the delay does not grow for them.
        host.HasReports = true;
        host.Way = at => at > 1_000 && at % 6_000 == 0 ? 95 : 25;
        host.Play(31);
        Assert.Equal(5, host.Source.Late);
        Assert.InRange(host.Source.Concealed, 1, 5 * AudioEncoder.Frames);
    }

    [Fact]
    public void Read_HostIsSilentAndSendsNothing_IsNeitherLossNorNoise()
    {
        using var host = new VirtualHost();
        host.Play(2);
        host.Speak(new ToneSource(VirtualHost.Frequency, 0));

        // RFC 7587 §3.1.3: one packet in 400 ms, which is a table of contents and no more; one of them is lost.
        var begin = host.NowMs + 100;
        host.Payload = (at, encoded) => at < begin ? encoded : (at - begin) % 400 == 0 ? [(byte)(encoded[0] & 0xFC)] : [];
        host.Way = at => at == begin + 800 ? null : 25;
        host.Play(3);
        host.Payload = (_, encoded) => encoded;
        host.Speak(new ToneSource(VirtualHost.Frequency, VirtualHost.Amplitude));
        host.Play(2);

        Assert.InRange(host.Source.Concealed, 0, AudioEncoder.Frames);
        Assert.Equal(0, host.Source.Late);
        Console.Error.WriteLine(string.Join(' ', Enumerable.Range(0, 40).Select(i => (int)ToneSource.Level(host.Heard.AsSpan(96000 + (i * 4800), 4800), 440))));
        Assert.InRange(host.Levels(5_300, 6_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Fact]
    public void Read_SenderPausesWithoutAWord_CountsNothingAsLost()
    {
        using var host = new VirtualHost();
        host.Payload = (at, encoded) => at is >= 2_000 and < 2_300 ? [] : encoded;
        host.Play(4);
        Assert.Equal(0, host.Source.Concealed);
        Assert.InRange(host.Levels(2_600, 3_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Fact]
    public void Read_HoleOfHalfASecond_FadesGoesSilentAndComesBackInItsPlace()
    {
        using var host = new VirtualHost { HasReports = true };
        host.Way = at => at is >= 3_000 and < 3_500 ? null : 25;
        host.Play(6);
        Assert.InRange(host.Source.Concealed, 24 * AudioEncoder.Frames, 25 * AudioEncoder.Frames);

        // Made up for 60 ms, silent then; and no click at either end: no step larger than the tone's own steepest.
        var heard = host.Heard;
        Assert.All(heard[(3_160 * 48)..(3_560 * 48)], sample => Assert.Equal(0, sample));
        Assert.Equal(0, host.Misplaced(4_000, host.DelayMs), 0.2);
        Assert.InRange(host.Levels(3_700, 5_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Fact]
    public void Read_StereoBecomesMonoAndStereoAgain_GoesOn()
    {
        using var host = new VirtualHost();
        host.Play(2);
        host.Speak(new ToneSource(VirtualHost.Frequency, VirtualHost.Amplitude), Mono);
        host.Play(2);
        host.Speak(new ToneSource(VirtualHost.Frequency, VirtualHost.Amplitude), "opusenc bitrate=96000 frame-size=20");
        host.Play(2);
        Assert.Equal(0, host.Source.Malformed);
        Assert.Equal(0, host.Source.Concealed);
        var levels = host.Levels(500, 5_900);
        Assert.InRange(levels.Count(level => level < 0.8 * VirtualHost.Amplitude), 0, 4);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(-200, true)]
    [InlineData(200, false)]
    [InlineData(-200, false)]
    public void Read_ClocksDriftForMinutes_IsHeardWithoutAGapInItsPlace(double partsPerMillion, bool hasReports)
    {
        using var host = new VirtualHost { PartsPerMillion = partsPerMillion, HasReports = hasReports };
        var random = new Random(3);
        host.Way = _ => 25 + (10 * random.NextDouble());
        host.Play(180, () => Assert.InRange(host.NowMs < 5_000 ? 0 : host.Source.Lag!.Value.TotalMilliseconds, -2, 2));
        Assert.Equal(0, host.Source.Concealed);
        Assert.Equal(0, host.Source.Late);
        Assert.InRange(host.Levels(1_000, 179_000)[0], 0.8 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public void Read_TimestampsJump_IsHeardAgainWithinTheDelay(int jumpMs)
    {
        using var host = new VirtualHost();
        host.Play(3);
        host.FirstTimestamp += (uint)(jumpMs * 48);
        host.Play(3);
        Assert.InRange(host.Levels(500, 5_900).Count(level => level < 0.8 * VirtualHost.Amplitude), 0, 5);
        Assert.InRange(host.Levels(3_250, 5_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
        Assert.InRange(host.Source.Concealed, 0, 3 * AudioEncoder.Frames);
    }

    [Fact]
    public void Read_HostPublishesAnew_IsHeardAgainWithinTheDelay()
    {
        using var host = new VirtualHost { HasReports = true };
        host.Play(3);
        host.Ssrc = 8;
        host.FirstTimestamp = 12_345;
        host.Play(3);
        Assert.InRange(host.Levels(500, 5_900).Count(level => level < 0.8 * VirtualHost.Amplitude), 0, 5);
        Assert.InRange(host.Levels(3_250, 5_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(3_000)]
    public void Read_MixGotNoTime_ResumesInItsPlace(int stallMs)
    {
        using var host = new VirtualHost { HasReports = true };
        host.IsStalled = at => at >= 2_000 && at < 2_000 + stallMs;
        host.Play(8);
        Assert.Equal(0, host.Misplaced(1_500, host.DelayMs), 0.2);
        Assert.Equal(0, host.Misplaced(2_040 + stallMs, host.DelayMs), 0.2);
        Assert.Equal(0, host.Source.Lag!.Value.TotalMilliseconds, 0.1);
        Assert.Equal(0, host.Source.Concealed);
        Assert.InRange(host.Levels(2_040 + stallMs, 7_900)[0], 0.9 * VirtualHost.Amplitude, 1.1 * VirtualHost.Amplitude);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_JitterOfThirtyMilliseconds_NothingIsLateAtAHundred(bool hasReports)
    {
        using var host = new VirtualHost { DelayMs = 60, HasReports = hasReports };
        var random = new Random(9);
        host.Way = _ => 25 + (30 * random.NextDouble());

        host.Play(2);
        var (late, concealed) = (host.Source.Late, host.Source.Concealed);
        host.Play(60, () => Assert.InRange(host.Delay.TotalMilliseconds, 40, 100));
        Assert.Equal(late, host.Source.Late);
        Assert.Equal(concealed, host.Source.Concealed);
    }

    [Fact]
    public void Read_HalfASecondsHoleInThePathOnce_MovesNothing()
    {
        using var host = new VirtualHost { HasReports = true };
        host.Way = at => at is >= 5_000 and < 5_500 ? 5_525 - at : 25;
        host.Play(15, () => Assert.InRange(host.Delay.TotalMilliseconds, 79, 81));
        Assert.Equal(0, host.Misplaced(6_000, host.DelayMs), 0.2);
    }
}
