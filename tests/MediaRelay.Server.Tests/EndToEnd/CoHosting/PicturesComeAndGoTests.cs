using System.Globalization;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>A mixer that runs makes the pictures that are needed: a small one for a narrow line, one in a late host's codec.</summary>
[Collection(ProbeCollection.Name)]
public sealed class PicturesComeAndGoTests(ProbeStage stage, ITestOutputHelper output)
{
    private const int NarrowBitRate = 400_000;

    // The mix is 720 × 1280.
    private const int WholeWidth = 720;
    private const int SmallWidth = 360;

    [Fact]
    public Task ViewerOnANarrowLine_GetsTheSmallPictureWhileTheOthersKeepTheWhole() => stage.PlayAsync(output, async show =>
    {
        using var narrow = new UdpLink(seed: 4);
        narrow.Start(show.Server.Media);
        narrow.Configure(conditions => conditions.Delay = TimeSpan.FromMilliseconds(20));
        await show.PublishAsync();
        var size = new SizeObserver();
        var seat = await show.WatchAsync(show.RoomA, "ann");
        var slow = await show.WatchOverAsync(narrow, show.RoomA, "bob", size);
        await show.StartCoHostAsync();
        await seat.UntilSceneAsync(ProbeShow.Mix);
        await Wait.UntilAsync("bob gets the whole picture", ProbeSeat.Longest, () => Task.FromResult(size.Width), width => width == WholeWidth);
        Assert.Equal("0", await ReadAsync(show, "mediarelay_mix_small_pictures"));

        narrow.ConfigureToClients(conditions => (conditions.BitRate, conditions.QueueTime) = (NarrowBitRate, TimeSpan.FromMilliseconds(300)));
        await Wait.UntilAsync("bob gets the small picture", ProbeSeat.Longest, () => Task.FromResult(size.Width), width => width == SmallWidth);
        Assert.Equal("1", await ReadAsync(show, "mediarelay_mix_small_pictures"));
        var pictures = size.Pictures;
        await seat.PlayAsync(TimeSpan.FromSeconds(3));
        Assert.InRange(size.Pictures - pictures, 45, 130);
        Assert.Equal(SmallWidth, size.Width);
        await seat.UntilSceneAsync(ProbeShow.Mix);

        slow.Close();
        await slow.Closed;
        await Wait.UntilAsync(
            "the small picture ends", ProbeSeat.Longest, () => ReadAsync(show, "mediarelay_mix_small_pictures"), static value => value == "0");
    });

    [Fact]
    public Task HostWhoComesLateWithAnotherCodec_ItsRoomGetsTheMixInThat() => stage.PlayAsync(output, async show =>
    {
        await show.FreeCodecOfBAsync();
        await show.PublishAAsync();
        var ann = await show.WatchAsync(show.RoomA, "ann");
        var bob = await show.WatchAsync(show.RoomB, "bob", VideoCodec.Vp8);
        await show.StartCoHostAsync();
        await ann.UntilAsync("the mix with A alone", static picture => picture.Find(0) is not null && picture.Find(1) is null);

        await show.PublishBInVp8Async();
        await Task.WhenAll(ann.UntilSceneAsync(ProbeShow.Mix), bob.UntilSceneAsync(ProbeShow.Mix));
        await Task.WhenAll(ann.PlayAsync(TimeSpan.FromSeconds(2)), bob.PlayAsync(TimeSpan.FromSeconds(2)));
    });

    private static async Task<string> ReadAsync(ProbeShow show, string metric)
    {
        var text = await show.Server.ReadMetricsAsync();
        var line = text.Split('\n').Single(line => line.StartsWith(metric + " ", StringComparison.Ordinal) || line.StartsWith(metric + "{", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Looks at how wide the picture is that a viewer gets.</summary>
    private sealed class SizeObserver : ViewerObserver
    {
        private int _width;
        private int _pictures;

        /// <summary>Of the newest key frame; 0 before the first.</summary>
        public int Width => Volatile.Read(ref _width);

        /// <summary>Pictures whose last packet came.</summary>
        public int Pictures => Volatile.Read(ref _pictures);

        public override void OnPacket(HeadlessViewer viewer, Timestamp now, MediaKind kind, in RtpPacket packet)
        {
            if (kind != MediaKind.Video)
            {
                return;
            }

            if (H264Payload.TryReadSps(packet.Payload, out var sps))
            {
                Volatile.Write(ref _width, sps.Width);
            }

            if (packet.Marker)
            {
                Interlocked.Increment(ref _pictures);
            }
        }
    }
}
