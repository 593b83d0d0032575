using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>What a viewer hears while the source changes: no hole on the timeline, and hardly one in real time.</summary>
public class SoundSwitchTests
{
    private const int PacketTicks = 960;

    // A packet of 20 ms, and the 20 ms that its source may be apart from the other.
    private const int LongestSilenceMs = 40;

    [Fact]
    public void Sound_FromHostToMixAndBack_HasNoHole()
    {
        using var show = new Show(seed: 1);
        var (room, viewer) = Begin(show);
        var mix = show.AddMix(room, VideoCodec.H264);
        show.Run(2_000);
        Assert.Equal(SourceKind.Mix, room.Feed.ActiveKind);
        mix.Source.Retire();
        show.Run(2_000);

        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        var sound = Sound(viewer);
        Assert.Equal(3, Runs(sound).Count);
        AssertNoHole(sound, LongestSilenceMs);
        show.AssertStreams();
    }

    [Fact]
    public void Sound_OfAMixWhoseWorkerIsKilled_GoesOnWithTheHostsBeforeItsPicture()
    {
        using var show = new Show(seed: 2);
        var (room, viewer) = Begin(show);
        var mix = show.AddMix(room, VideoCodec.H264);
        show.Run(2_000);
        mix.IsDead = true;

        // A killed process is seen some milliseconds later.
        show.Run(15);
        mix.Source.Remove();
        show.Run(2_000);

        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        var sound = Sound(viewer);
        AssertNoHole(sound, LongestSilenceMs);
        var hostAgain = Runs(sound)[^1][0].SentAt;
        var picture = viewer.Video.Packets.Values.First(packet => packet.SentAt >= hostAgain && packet.Mark?.Source == Runs(sound)[^1][0].Mark!.Value.Source);
        Assert.True(picture.SentAt > hostAgain, "the sound waited for the picture");
        show.AssertStreams();
    }

    [Fact]
    public void Sound_OfAMixThatHangs_GoesOnWithWhatTheHostSentSince()
    {
        using var show = new Show(seed: 3);
        var (room, viewer) = Begin(show);
        var mix = show.AddMix(room, VideoCodec.H264);
        show.Run(2_000);
        mix.IsDead = true;
        show.Run(2_000);

        var sound = Sound(viewer);
        var runs = Runs(sound);
        Assert.Equal(3, runs.Count);
        AssertNoHole(sound, longestSilenceMs: 110);

        // The mix is 100 ms behind its hosts: what the host said since it stopped was not heard yet.
        Assert.True(runs[2][0].Mark!.Value.CapturedMs > runs[1][^1].Mark!.Value.CapturedMs, "something is heard twice");
        Assert.True(runs[2].Count(packet => packet.SentAt == runs[2][0].SentAt) >= 3, "nothing of the hole was filled");
        show.AssertStreams();
    }

    [Fact]
    public void Sound_OfAMixThatStalls_ComesBackAtItsPlace()
    {
        using var show = new Show(seed: 4);
        var (room, viewer) = Begin(show);
        var mix = show.AddMix(room, VideoCodec.H264);
        show.Run(2_000);
        mix.IsDead = true;
        show.Run(200);
        mix.IsDead = false;
        show.Run(1_000);

        // Its worker makes up for what it has missed in one go.
        var sound = Sound(viewer);
        var runs = Runs(sound);
        Assert.Equal(4, runs.Count);
        AssertNoHole(sound, longestSilenceMs: 110);
        var before = runs[1][^1];
        var after = runs[3][0];
        var shift = (int)(after.Timestamp - before.Timestamp) - ((after.Mark!.Value.CapturedMs - before.Mark!.Value.CapturedMs) * 48);
        Assert.InRange(shift, -PacketTicks, PacketTicks * 3 / 2);
        Assert.Equal(SourceKind.Mix, room.Feed.ActiveKind);
        show.AssertStreams();
    }

    private static (Room Room, SimulatedViewer Viewer) Begin(Show show)
    {
        var room = show.Room("a");
        show.AddHost(room, new SimulatedHostOptions(VideoCodec.H264));
        var viewer = show.AddViewer(room);
        show.Run(1_000);
        return (room, viewer);
    }

    private static List<Received> Sound(SimulatedViewer viewer) => [.. viewer.Audio.Packets.Values.SkipWhile(packet => packet.Mark is null)];

    /// <summary>The packets of each source in turn.</summary>
    private static List<List<Received>> Runs(List<Received> sound)
    {
        var runs = new List<List<Received>>();
        foreach (var packet in sound)
        {
            if (runs.Count == 0 || runs[^1][^1].Mark?.Source != packet.Mark?.Source)
            {
                runs.Add([]);
            }

            runs[^1].Add(packet);
        }

        return runs;
    }

    private static void AssertNoHole(List<Received> sound, int longestSilenceMs)
    {
        for (var i = 1; i < sound.Count; i++)
        {
            var ticks = (int)(sound[i].Timestamp - sound[i - 1].Timestamp);
            Assert.True(ticks is >= PacketTicks and <= 2 * PacketTicks, $"a step of {ticks} from {sound[i - 1]} to {sound[i]}");
            var silence = (sound[i].SentAt - sound[i - 1].SentAt).TotalMilliseconds;
            Assert.True(silence <= longestSilenceMs, $"{silence} ms without a packet before {sound[i]}");
        }
    }
}
