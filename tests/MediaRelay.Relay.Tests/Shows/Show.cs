using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>Rooms, hosts, mixes and viewers in virtual time, with everything that was sent and what came of it.</summary>
internal sealed class Show : IDisposable
{
    private const int Step = 5;
    private readonly Dictionary<TestPeer, SimulatedViewer> _viewersByPeer = [];
    private readonly Dictionary<TestPeer, SimulatedHost> _hostsByPeer = [];
    private readonly Random _random;
    private byte _lastName;

    public Show(int seed, int shards = 2, VideoCodec slate = VideoCodec.H264, bool padsRuns = true)
    {
        Seed = seed;
        _random = new Random(seed);
        Harness = new RelayHarness(shards, MakeSlate(slate), options => options with { PadsRuns = padsRuns })
        {
            Sent = (peer, datagram) => _viewersByPeer.GetValueOrDefault(peer)?.OnSent(datagram),
            Reached = (peer, datagram) => _hostsByPeer.GetValueOrDefault(peer)?.OnReached(datagram),
        };
    }

    public int Seed { get; }

    public RelayHarness Harness { get; }

    public Ledger Ledger { get; } = new();

    public List<SimulatedHost> Hosts { get; } = [];

    public List<SimulatedMix> Mixes { get; } = [];

    public List<SimulatedViewer> Viewers { get; } = [];

    public Room Room(string id) => Harness.Room(id);

    public SimulatedHost AddHost(Room room, SimulatedHostOptions options)
    {
        var host = new SimulatedHost(Harness, Ledger, room, options, ++_lastName, _random.Next());
        _hostsByPeer.Add(host.Peer, host);
        Hosts.Add(host);
        return host;
    }

    /// <param name="room">Where it is shown.</param>
    /// <param name="codec">Of its pictures.</param>
    /// <param name="rates">Bits per second of the picture and of the small one; null for one picture.</param>
    public SimulatedMix AddMix(Room room, VideoCodec codec, long[]? rates = null)
    {
        var mix = new SimulatedMix(Harness, Ledger, room, codec, ++_lastName, _random.Next(), rates);
        Mixes.Add(mix);
        return mix;
    }

    /// <summary>Joins while the others go on.</summary>
    public SimulatedViewer AddViewer(Room room, SimulatedViewerOptions? options = null)
    {
        var viewer = new SimulatedViewer(Harness, room, options ?? new SimulatedViewerOptions(), _random.Next());
        _viewersByPeer.Add(viewer.Peer, viewer);
        Viewers.Add(viewer);
        for (var i = 0; i < 2_000 && !viewer.Peer.Connection!.IsConnected; i++)
        {
            Run(Step);
            if (i >= 100)
            {
                // OpenSSL's timers read the real clock: on a busy machine virtual time must not run ahead of it.
                SpinWait.SpinUntil(static () => false, Step);
            }
        }

        Assert.True(viewer.Peer.Connection!.IsConnected, "the viewer did not connect");
        viewer.Downlink = Harness.Link(viewer.Peer, _random.Next()).AToB.Conditions;
        return viewer;
    }

    public void Run(int milliseconds)
    {
        for (var at = 0; at < milliseconds; at += Step)
        {
            Hosts.ForEach(host => host.Advance());
            Mixes.ForEach(mix => mix.Advance());
            Viewers.ForEach(viewer => viewer.Advance());
            Harness.Run(Step);
        }
    }

    /// <summary>Checks everything that every viewer was sent.</summary>
    public void AssertStreams()
    {
        foreach (var viewer in Viewers)
        {
            CheckPicture(viewer).Run();
            new SoundCheck(Ledger, viewer.Audio, Ends(viewer)).Run();
        }
    }

    public PictureCheck CheckPicture(SimulatedViewer viewer) => new(Ledger, viewer.Video, Ends(viewer));

    /// <summary>When the viewer left a feed, and the end of all.</summary>
    private List<Timestamp> Ends(SimulatedViewer viewer) =>
    [
        .. Harness.Observer.HandedOff.Where(move => move.Session == viewer.Session).Select(move => move.At), viewer.LeftAt ?? Harness.Now,
    ];

    public void Dispose() => Harness.Dispose();

    private static Slate MakeSlate(VideoCodec codec)
    {
        var pictures = new List<IReadOnlyList<byte[]>>();
        for (var picture = 0; picture < 4; picture++)
        {
            var count = (ushort)(picture == 0 ? 4 : 1);
            pictures.Add([.. Enumerable.Range(0, count).Select(index => SlatePacket(codec, picture, (ushort)index, count))]);
        }

        return new Slate(codec, pictures);
    }

    private static byte[] SlatePacket(VideoCodec codec, int picture, ushort index, ushort count)
    {
        var mark = new Mark(Mark.Slate, 0, 0, picture, index, count, IsKeyFrame: picture == 0, 0);
        var payload = Payloads.Picture(codec, mark, default, 320, 192, filler: 20);

        // An encoder without counters: the descriptor is its first byte alone.
        return codec == VideoCodec.H264 ? payload : [(byte)(payload[0] & 0x7F), .. payload.AsSpan(Payloads.Vp8DescriptorLength)];
    }
}
