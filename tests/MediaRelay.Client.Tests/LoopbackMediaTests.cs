using System.Buffers;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Client.Tests;

/// <summary>Hosts and viewers around the real relay core, over loopback sockets.</summary>
public sealed class LoopbackMediaTests
{
    [Theory]
    [InlineData(VideoCodec.H264, MediaInspection.All, false)]
    [InlineData(VideoCodec.Vp8, MediaInspection.All, true)]
    [InlineData(VideoCodec.H264, MediaInspection.FrameEnds, true)]
    [InlineData(VideoCodec.H264, MediaInspection.Headers, false)]
    public async Task Viewers_HostPublishes_ReceiveEveryPacketOfBothTracks(VideoCodec codec, MediaInspection inspection, bool takeBursts)
    {
        using var harness = new ClientHarness(takeBursts);
        var host = await harness.PublishAsync(new SyntheticMediaSource(new SyntheticMediaOptions { Video = codec, FrameRate = 60 }));
        var viewers = new List<HeadlessViewer>();
        for (var i = 0; i < 3; i++)
        {
            viewers.Add(await harness.WatchAsync(new ViewerOptions { Inspection = inspection, Data = false }));
        }

        foreach (var viewer in viewers)
        {
            await ClientHarness.UntilAsync(
                () => viewer.Video!.Pictures >= 40 && viewer.Audio!.Packets >= 30,
                () => $"pictures {viewer.Video!.Pictures}, sound {viewer.Audio!.Packets}, drops {viewer.Drops.Total}");
            Assert.Equal((0, 0), (viewer.Video!.Missing, viewer.Audio!.Missing));
            Assert.Equal(0, viewer.Video.BrokenPictures);
            Assert.Equal(0, viewer.Drops.Total);
            Assert.NotNull(viewer.FirstKeyFrameAt);
            Assert.True(viewer.ConnectedAt <= viewer.FirstPacketAt && viewer.FirstPacketAt <= viewer.FirstKeyFrameAt);
        }

        Assert.Equal(0, host.Counters.Unsent);
        Assert.Equal(0, host.Drops.Total);
    }

    [Fact]
    public async Task Pictures_OfHostInSameProcess_CarryTheirLatency()
    {
        using var harness = new ClientHarness();
        await harness.PublishAsync(new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 60 }), new HostOptions
        {
            Pacing = TimeSpan.FromMilliseconds(5),
        });
        var observer = new Observer();
        var viewer = await harness.WatchAsync(new ViewerOptions { Inspection = MediaInspection.FrameEnds, Data = false }, observer);
        await ClientHarness.UntilAsync(() => observer.Count >= 30, () => $"{observer.Count} of {viewer.Video!.Pictures} pictures told");

        // The pictures that the viewer starts from lie in the relay's cache; every later one is as old as its way.
        Assert.InRange(observer.Least, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.NotEqual(TimeSpan.Zero, observer.Least);
        Assert.True(observer.InOrder);
    }

    [Fact]
    public async Task Host_PacketsLostOnTheWayToTheRelay_AreAskedForAndRepaired()
    {
        using var harness = new ClientHarness();
        var host = await harness.PublishAsync(
            new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 60, HasAudio = false }));
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false });
        await ClientHarness.UntilAsync(() => viewer.FirstKeyFrameAt is not null, () => $"packets {viewer.Video!.Packets}");
        harness.Relay.Loss = 0.05;
        await ClientHarness.UntilAsync(() => harness.Relay.Lost >= 20, () => $"lost {harness.Relay.Lost}");
        harness.Relay.Loss = 0;
        var pictures = viewer.Video!.Pictures;
        await ClientHarness.UntilAsync(() => viewer.Video.Pictures >= pictures + 60, () => $"pictures {viewer.Video.Pictures}");

        Assert.NotEqual(0, host.Counters.Nacked);
        Assert.NotEqual(0, host.Counters.Resent);
        Assert.Equal(0, viewer.Video.Missing);
    }

    [Fact]
    public async Task Viewer_LosesOnPurpose_AsksAgainAndIsRepaired()
    {
        using var harness = new ClientHarness();
        await harness.PublishAsync(new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 60, HasAudio = false }));
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false, Loss = 0.05 });
        await ClientHarness.UntilAsync(
            () => viewer.LostOnPurpose >= 20 && viewer.Video!.Recovered >= 5,
            () => $"lost {viewer.LostOnPurpose}, recovered {viewer.Video!.Recovered} of {viewer.Video.Packets}");
        Assert.NotEqual(0, viewer.Video!.NacksSent);
        Assert.NotEqual(0, viewer.Video.Gaps);
    }

    [Fact]
    public async Task Host_LosesOnItsUplinkOnPurpose_ResendsAndViewersMissNothing()
    {
        using var harness = new ClientHarness();
        var host = await harness.PublishAsync(
            new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 60, HasAudio = false }),
            new HostOptions { UplinkLoss = 0.02 });
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false });
        await ClientHarness.UntilAsync(
            () => host.Counters.LostOnPurpose >= 10 && host.Counters.Resent >= 5 && viewer.Video!.Pictures >= 60,
            () => $"lost {host.Counters.LostOnPurpose}, resent {host.Counters.Resent}, pictures {viewer.Video!.Pictures}");
        Assert.NotEqual(0, host.Counters.Nacked);
    }

    [Theory]
    [InlineData("burst")]
    [InlineData("paced")]
    public async Task Host_SendsThreeEncodings_ViewerGetsOneWithoutAGap(string pacing)
    {
        using var harness = new ClientHarness();
        var options = new SyntheticMediaOptions { FrameRate = 60, HasAudio = false };
        var host = await harness.PublishAsync(
            new SyntheticMediaSource(options with { Layers = options.ThreeLayers }),
            new HostOptions { Pacing = pacing == "paced" ? TimeSpan.FromMilliseconds(10) : TimeSpan.Zero });
        Assert.Equal(["l", "m", "h"], host.Session!.Video!.Rids);
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false });
        await ClientHarness.UntilAsync(
            () => viewer.Video!.Pictures >= 60, () => $"pictures {viewer.Video!.Pictures}, packets {viewer.Video.Packets}");
        Assert.Equal((0, 0), (viewer.Video!.Missing, viewer.Video.BrokenPictures));

        // Three times as many pictures as one encoding would have; of the last one the larger encodings may still be under way.
        Assert.True(host.Counters.Pictures >= 3 * 59, $"{host.Counters.Pictures} pictures");
        Assert.Equal(0, host.Counters.Unsent);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Viewer_TransportFeedback_IsSentWhereBothSidesWantIt(bool isOffered, bool hasLayers)
    {
        using var harness = new ClientHarness();
        var options = new SyntheticMediaOptions { FrameRate = 60, HasAudio = false, BitRate = 300_000 };
        await harness.PublishAsync(new SyntheticMediaSource(hasLayers ? options with { Layers = options.ThreeLayers } : options));
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false, TransportFeedback = isOffered });
        await ClientHarness.UntilAsync(
            () => viewer.Video!.Pictures >= 60 && (viewer.FeedbackSent >= 5 || !(isOffered && hasLayers)),
            () => $"pictures {viewer.Video!.Pictures}, feedback {viewer.FeedbackSent}");
        Assert.Equal(isOffered && hasLayers, viewer.FeedbackSent > 0);
        Assert.Equal((0, 0), (viewer.Video!.Missing, viewer.Video.BrokenPictures));
    }

    [Fact]
    public async Task Host_RelayWantsAKeyFrame_SourceMakesOne()
    {
        using var harness = new ClientHarness();
        var host = await harness.PublishAsync(new SyntheticMediaSource(new SyntheticMediaOptions
        {
            KeyFrameInterval = TimeSpan.FromHours(1),
        }));
        var first = await harness.WatchAsync(new ViewerOptions { Data = false });
        await ClientHarness.UntilAsync(() => first.FirstKeyFrameAt is not null, () => $"key frames {host.Counters.KeyFrames}");
        Assert.InRange(host.Counters.KeyFrames, 1, host.Counters.KeyFrameRequests + 1);
    }

    [Fact]
    public async Task Overlays_RelaySendsMessages_ObserverGetsThemAndTheRelayTheViewers()
    {
        using var harness = new ClientHarness();
        var application = new EchoApplication();
        var observer = new Observer();
        var viewer = await harness.WatchAsync(new ViewerOptions { Audio = false, VideoCodecs = [] }, observer, application);
        await ClientHarness.UntilAsync(() => observer.Messages.Count >= 1, () => "no snapshot");
        Assert.NotNull(viewer.OverlaysOpenedAt);
        Assert.True(viewer.TrySend("hello"u8.ToArray()));
        await ClientHarness.UntilAsync(() => observer.Messages.Count >= 2, () => $"refused {viewer.RefusedSends}");
        Assert.Equal(["opened", "hello"], observer.Messages);
        Assert.Equal(2, viewer.OverlayMessages);
        Assert.Equal(11, viewer.OverlayBytes);
    }

    [Fact]
    public async Task Close_ConnectedViewer_EndsItAndTheLoopForgetsIt()
    {
        using var harness = new ClientHarness();
        var viewer = await harness.WatchAsync(new ViewerOptions { Data = false });
        Assert.Equal(1, harness.Loop.PeerCount);
        viewer.Close();
        Assert.Equal(CloseReason.Requested, await viewer.Closed);
        await ClientHarness.UntilAsync(() => harness.Loop.PeerCount == 0, () => "still there");
        await ClientHarness.UntilAsync(() => harness.Relay.Core.SessionCount == 0, () => "the relay still has it");
    }

    [Fact]
    public async Task Loop_ManyViewers_AllGetTheRoomsFeed()
    {
        const int Viewers = 100;
        using var harness = new ClientHarness();
        await harness.PublishAsync(new SyntheticMediaSource(new SyntheticMediaOptions { BitRate = 100_000, FrameRate = 10 }));
        var joins = Enumerable.Range(0, Viewers)
            .Select(_ => harness.WatchAsync(new ViewerOptions { Data = false, Inspection = MediaInspection.FrameEnds }));
        var viewers = await Task.WhenAll(joins);
        await ClientHarness.UntilAsync(
            () => viewers.All(viewer => viewer.Video!.Pictures >= 10),
            () => $"{viewers.Count(viewer => viewer.Video!.Pictures >= 10)} have pictures");
        Assert.All(viewers, viewer => Assert.Equal(0, viewer.Video!.BrokenPictures));
    }

    private sealed class Observer : ViewerObserver
    {
        private readonly List<string> _messages = [];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public TimeSpan Least { get; private set; } = TimeSpan.MaxValue;

        /// <summary>Every picture was sent after it was made, and arrived after it was sent.</summary>
        public bool InOrder { get; private set; } = true;

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (_messages)
                {
                    return [.. _messages];
                }
            }
        }

        public override void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times)
        {
            var latency = now - times.MadeAt;
            Least = latency < Least ? latency : Least;
            InOrder &= times.MadeAt < times.SentAt && times.SentAt < now;
            Interlocked.Increment(ref _count);
        }

        public override void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message)
        {
            lock (_messages)
            {
                _messages.Add(System.Text.Encoding.UTF8.GetString(message));
            }
        }
    }

    private sealed class EchoApplication : DataApplication
    {
        private readonly Queue<byte[]> _messages = new();

        protected override void OnOpened(Timestamp now) => _messages.Enqueue("opened"u8.ToArray());

        protected override void OnMessage(Timestamp now, ReadOnlySpan<byte> message) => _messages.Enqueue(message.ToArray());

        protected override void OnBroadcast(Timestamp now, object message)
        {
        }

        protected override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message)
        {
            var any = _messages.TryPeek(out var next);
            message = any ? new ReadOnlySequence<byte>(next!) : default;
            return any;
        }

        protected override void Advance() => _messages.Dequeue();

        protected override void OnClosed() => _messages.Clear();
    }
}
