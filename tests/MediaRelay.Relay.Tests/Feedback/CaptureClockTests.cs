using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Tests.Feedback;

/// <summary>
/// A host in virtual time whose sender reports come late by a random time, and whose NTP clock is wrong in many ways: where its media is
/// placed on our clock. What no receiver can know, the shortest way of a report, is 20 ms here.
/// </summary>
public sealed class CaptureClockTests
{
    private const int Way = 20;
    private static readonly NtpTime Start = NtpTime.FromUnixNanoseconds(1_790_000_000_000_000_000);

    private readonly CaptureClock _clock = new();
    private readonly PublishedTrack _video = Track(isVideo: true);
    private readonly PublishedTrack _audio = Track(isVideo: false);
    private readonly Random _random = new(7);
    private double _hostOffsetMs;
    private double _mediaAheadMs;

    [Theory]
    [InlineData(0)]
    [InlineData(-7 * 3_600_000.0)]
    [InlineData(40 * 86_400_000.0)]
    public void Mapping_HostsClockIsWrong_PlacesMediaWhereItWasCaptured(double offsetMs)
    {
        _hostOffsetMs = offsetMs;
        Run(0, 60, (_, error) => Assert.InRange(error, Way - 1, Way + 30), jitterMs: 30);
        Run(60, 90, (_, error) => Assert.InRange(error, Way - 1, Way + 10), jitterMs: 30);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Mapping_ClocksDrift_FollowsThemForTenMinutes(double partsPerMillion)
    {
        for (var second = 0; second < 600; second++)
        {
            _hostOffsetMs = second * partsPerMillion / 1_000;
            Report(second, jitterMs: 0, (_, error) => Assert.InRange(error, Way - 9, Way + 9));
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(-500)]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    public void Mapping_HostSetsItsClock_StaysWhereItWas(double stepMs)
    {
        Run(0, 30, (_, _) => { }, jitterMs: 10);
        _hostOffsetMs += stepMs;
        Run(30, 120, (_, error) => Assert.InRange(error, Way - 1, Way + 10), jitterMs: 10);
    }

    [Theory]
    [InlineData(700)]
    [InlineData(-700)]
    public void Mapping_TimestampsOfTheSoundJump_MovesTheSoundAlone(double jumpMs)
    {
        Run(0, 30, (_, _) => { }, jitterMs: 10);
        _mediaAheadMs = jumpMs;
        Run(30, 60, (_, error) => Assert.InRange(error, Way - 1, Way + 10), jitterMs: 10);
    }

    [Fact]
    public void Mapping_QuickerReportComes_MovesBothTracks()
    {
        Report(0, jitterMs: 0, static (_, _) => { }, lateMs: 40);
        Assert.Equal(Way + 40, ErrorOf(_video, 0), 0.1);
        Assert.Equal(Way + 40, ErrorOf(_audio, 0), 0.1);
        Assert.True(ReportOn(_video, 1, lateMs: 0));
        Assert.Equal(Way, ErrorOf(_video, 1), 0.1);
        Assert.Equal(Way, ErrorOf(_audio, 0), 0.1);
        Assert.False(ReportOn(_audio, 1, lateMs: 30));
        Assert.Equal(Way, ErrorOf(_audio, 1), 0.1);
    }

    private void Run(int fromSecond, int toSecond, Action<PublishedTrack, double> check, int jitterMs)
    {
        for (var second = fromSecond; second < toSecond; second++)
        {
            Report(second, jitterMs, check);
        }
    }

    // As Chromium does: one a second for the picture, one in five for the sound.
    private void Report(int second, int jitterMs, Action<PublishedTrack, double> check, int lateMs = 0)
    {
        foreach (var track in second % 5 == 0 ? [_video, _audio] : new[] { _video })
        {
            ReportOn(track, second, lateMs + (jitterMs == 0 ? 0 : _random.NextDouble() * jitterMs));
            check(track, ErrorOf(track, second));
        }
    }

    private bool ReportOn(PublishedTrack track, int second, double lateMs)
    {
        var sent = At(second * 1_000.0);
        var arrival = At((second * 1_000.0) + Way + lateMs);
        var ntp = Start.AddNanoseconds(sent.Nanoseconds + (long)(_hostOffsetMs * 1e6));

        // The relay reads it up to 15 ms after its arrival.
        var now = arrival + TimeSpan.FromMilliseconds(_random.NextDouble() * 15);
        return _clock.OnSenderReport(now, WallAt(now), arrival, track, new[] { _video, _audio }, TimestampOf(track, second), ntp);
    }

    // How much later than it was captured the mapping places what was captured at that second, in ms.
    private double ErrorOf(PublishedTrack track, int second)
    {
        var capture = track.Mapping!.Value.CaptureOf(TimestampOf(track, second).Value);
        return (capture - WallAt(At(second * 1_000.0))) / 1e6;
    }

    private RtpTimestamp TimestampOf(PublishedTrack track, int second) =>
        new((uint)(long)(4_000_000_000 + ((second + (track.IsVideo ? 0 : _mediaAheadMs / 1_000)) * track.ClockRate)));

    private static PublishedTrack Track(bool isVideo)
    {
        var options = new PublishedTrackOptions(
            isVideo, VideoCodec.H264, new PayloadType(96), null, null, null, HasNack: false, HasSimulcast: false, new HeaderExtensionMap());
        return new PublishedTrack(options, new Ssrc(isVideo ? 1u : 2u), rid: null, layer: 0);
    }

    private static Timestamp At(double ms) => new(5_000_000_000 + (long)(ms * 1e6));

    private static NtpTime WallAt(Timestamp time) => Start.AddNanoseconds(time.Nanoseconds);
}
