using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests;

/// <summary>
/// The relay with its shards on one thread in virtual time, and clients around it. A client's datagrams reach the shard that the hash
/// of its address says, as with SO_REUSEPORT.
/// </summary>
internal sealed class RelayHarness : IDisposable
{
    public static readonly TransportAddress ServerAddress = TransportAddress.FromIPv4(0x7F000001, 7882);
    private static readonly NtpTime Start = NtpTime.FromUnixNanoseconds(1_800_000_000_000_000_000);

    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly List<TestPeer> _peers = [];
    private readonly HashSet<TestPeer> _silent = [];
    private readonly Dictionary<TestPeer, VirtualNetwork> _links = [];
    private readonly CapturingWriter _output = new();
    private readonly RelayShard[] _shards;
    private readonly HashSet<RelayShard> _reached = [];
    private ushort _nextPort = 10_000;

    /// <param name="pool">Instead of one that finds leaks and never uses a buffer again.</param>
    public RelayHarness(int shards = 2, Slate? slate = null, Func<RelayOptions, RelayOptions>? configure = null, PacketPool? pool = null)
    {
        Pool = pool ?? new LeakCheckingPacketPool();
        Slate = slate;
        Observer = new RecordingObserver(() => Now);
        var directory = new SessionDirectory();
        _shards = [.. Enumerable.Range(0, shards).Select(index => new RelayShard(index, Pool, directory, Observer.Fault))];
        RelayShard.Connect(_shards, _ => static () => { });
        var options = new RelayOptions { Certificate = _certificate, PublicAddresses = [ServerAddress] };
        Relay = new RelayCore(configure?.Invoke(options) ?? options, _shards, directory, Observer, new Random(7));
    }

    public PacketPool Pool { get; }

    public RecordingObserver Observer { get; }

    public RelayCore Relay { get; }

    public DtlsCertificate Certificate => _certificate;

    public Slate? Slate { get; }

    public Timestamp Now { get; private set; } = Timestamp.FromMilliseconds(1_000);

    public NtpTime WallClock => Start.AddNanoseconds(Now.Nanoseconds);

    public IReadOnlyList<RelayShard> Shards => _shards;

    /// <summary>How often a loop had something to do.</summary>
    public int Turns { get; private set; }

    /// <summary>Decides per datagram (to the client at the address) whether it is lost; null loses none.</summary>
    public Func<TransportAddress, byte[], bool>? Lose { get; set; }

    /// <summary>Hears every datagram that the relay sends to a client, before its link may lose it.</summary>
    public Action<TestPeer, byte[]>? Sent { get; set; }

    /// <summary>Hears every datagram of a client that reaches the relay.</summary>
    public Action<TestPeer, byte[]>? Reached { get; set; }

    public Room Room(string id = "room") => Relay.GetOrAddRoom(Now, id, isPortrait: true, Slate);

    /// <summary>From now on the peer sends nothing by itself, as if its network were gone.</summary>
    public void Silence(TestPeer peer) => _silent.Add(peer);

    /// <summary>
    /// From now on a link lies between the relay (A) and the peer (B). After the handshake: OpenSSL's timers read the real clock.
    /// </summary>
    public VirtualNetwork Link(TestPeer peer, int seed)
    {
        var link = new VirtualNetwork(seed);
        _links.Add(peer, link);
        return link;
    }

    public TransportAddress NewAddress() => TransportAddress.FromIPv4(0x7F000001, _nextPort++);

    public TestPeer Publish(Room room, Protocols.Sdp.OfferOptions options, string identity = "host", VideoCodec? codec = null)
    {
        var peer = new TestPeer(NewAddress(), options);
        var outcome = Relay.Publish(Now, room, identity, peer.Offer, codec);
        Assert.True(outcome.What == SessionOutcome.Status.Created, outcome.Reason);
        return Accept(peer, outcome);
    }

    public TestPeer Watch(Room room, Protocols.Sdp.OfferOptions options, DataApplication? application = null, bool isReturn = false)
    {
        var peer = new TestPeer(NewAddress(), options);
        var outcome = Relay.Watch(Now, room, isReturn, "viewer", peer.Offer, application);
        Assert.True(outcome.What == SessionOutcome.Status.Created, outcome.Reason);
        return Accept(peer, outcome);
    }

    /// <summary>Runs until the peer is connected.</summary>
    public void Connect(TestPeer peer)
    {
        for (var i = 0; i < 2_000 && peer.Connection?.IsConnected != true; i++)
        {
            Run(TimeSpan.FromMilliseconds(5));
            if (i >= 100)
            {
                // On a busy machine OpenSSL's own timer can run out within the handshake; it reads the real clock, so from here on
                // virtual time must not run ahead of it.
                SpinWait.SpinUntil(static () => false, 5);
            }
        }

        Assert.True(peer.Connection!.IsConnected, "the peer did not connect");
        Run(TimeSpan.FromMilliseconds(20));
    }

    /// <summary>Lets virtual time pass in steps of 5 ms.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (Now < end)
        {
            Now += TimeSpan.FromMilliseconds(5);
            Exchange();
        }
    }

    public void Run(int milliseconds) => Run(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>What every loop has to do, so much later.</summary>
    public void Turn(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        Exchange();
    }

    /// <summary>One turn of one loop, at the same time.</summary>
    public void TurnOf(RelayShard shard)
    {
        shard.Process(Now, WallClock, _output);
        Deliver();
    }

    /// <summary>A client sends a datagram; it arrives with the next turn, or when its link says.</summary>
    public void Send(TestPeer from, byte[] datagram)
    {
        if (_links.TryGetValue(from, out var link))
        {
            link.BToA.Send(Now, datagram);
        }
        else
        {
            Reached?.Invoke(from, datagram);
            Send(from.Address, datagram);
        }
    }

    /// <param name="arrivedAt">When the datagram reached the machine, where that is known.</param>
    public void Send(TransportAddress from, byte[] datagram, Timestamp? arrivedAt = null)
    {
        var buffer = Pool.Rent();
        Assert.True(buffer.TrySet(datagram));
        buffer.ArrivedAt = arrivedAt ?? Timestamp.Never;
        var shard = _shards[from.Port % _shards.Length];
        _reached.Add(shard);
        shard.HandleDatagram(Now, buffer, new NetworkPath(ServerAddress, from));
    }

    public void Dispose()
    {
        _links.Clear();
        Relay.CloseAll(CloseReason.ServerStopping);
        Run(20);
        foreach (var room in Relay.Rooms.ToList())
        {
            Relay.RemoveRoom(room.Id);
        }

        Run(20);
        foreach (var peer in _peers)
        {
            peer.Dispose();
        }

        _certificate.Dispose();
        Assert.Empty(Observer.Faults);
        (Pool as LeakCheckingPacketPool)?.Dispose();
    }

    private TestPeer Accept(TestPeer peer, SessionOutcome outcome)
    {
        _peers.Add(peer);
        peer.Owner = outcome.Session;
        peer.Accept(Now, outcome.Answer!);
        return peer;
    }

    private void Exchange()
    {
        TakeFromLinks();
        var space = new byte[PacketBuffer.MaxLength];
        foreach (var peer in _peers.Where(peer => peer.Connection is { IsClosed: false } && !_silent.Contains(peer)))
        {
            if (peer.Connection!.NextTimeout <= Now)
            {
                peer.Connection.HandleTimeout(Now);
            }

            while (peer.Connection.TryWriteDatagram(Now, space, out var length, out _))
            {
                Send(peer, space[..length]);
            }
        }

        // Twice, so that what one shard hands to another is done in the same step.
        for (var round = 0; round < 2; round++)
        {
            foreach (var shard in _shards)
            {
                // As on a real loop: without a datagram it turns only when it has said so.
                if (_reached.Remove(shard) || shard.NextTimeout <= Now)
                {
                    shard.Process(Now, WallClock, _output);
                    Turns++;
                }
            }
        }

        Deliver();
    }

    private void Deliver()
    {
        foreach (var (path, datagram) in _output.Take())
        {
            if (_peers.Find(peer => peer.Address == path.Remote) is not { Connection: not null } peer)
            {
                continue;
            }

            Sent?.Invoke(peer, datagram);
            if (_links.TryGetValue(peer, out var link))
            {
                link.AToB.Send(Now, datagram);
            }
            else if (Lose?.Invoke(peer.Address, datagram) != true)
            {
                peer.Receive(Now, datagram, path);
            }
        }
    }

    private void TakeFromLinks()
    {
        foreach (var (peer, link) in _links)
        {
            while (link.BToA.TryReceive(Now, out var datagram))
            {
                Reached?.Invoke(peer, datagram);
                Send(peer.Address, datagram);
            }

            while (link.AToB.TryReceive(Now, out var datagram))
            {
                peer.Receive(Now, datagram, new NetworkPath(ServerAddress, peer.Address));
            }
        }
    }

    internal sealed class RecordingObserver(Func<Timestamp> now) : RelayObserver
    {
        public List<Exception> Faults { get; } = [];

        public List<(PeerSession Session, CloseReason Reason)> Closed { get; } = [];

        public List<TimeSpan> FirstVideo { get; } = [];

        public List<(ViewerSession Session, Room From, TimeSpan Elapsed, Timestamp At)> HandedOff { get; } = [];

        public void Fault(PeerSession session, Exception exception) => Faults.Add(exception);

        protected internal override void OnConnected(PeerSession session, TimeSpan afterRequest)
        {
        }

        protected internal override void OnFirstVideo(ViewerSession session, TimeSpan afterRequest) => FirstVideo.Add(afterRequest);

        protected internal override void OnHandedOff(ViewerSession session, Room from, TimeSpan elapsed) =>
            HandedOff.Add((session, from, elapsed, now()));

        protected internal override void OnClosed(PeerSession session, CloseReason reason) => Closed.Add((session, reason));

        protected internal override void OnHostChanged(Room room)
        {
        }

        protected internal override void OnFault(PeerSession session, Exception exception) => Faults.Add(exception);
    }

    private sealed class CapturingWriter : DatagramWriter
    {
        private readonly byte[] _space = new byte[PacketBuffer.MaxLength];
        private List<(NetworkPath Path, byte[] Datagram)> _datagrams = [];
        private NetworkPath _path;

        public override void To(in NetworkPath path) => _path = path;

        public override Span<byte> Reserve(int maxLength) => _space.AsSpan(0, maxLength);

        public override void Commit(int length) => _datagrams.Add((_path, _space[..length]));

        public List<(NetworkPath Path, byte[] Datagram)> Take()
        {
            var taken = _datagrams;
            _datagrams = [];
            return taken;
        }
    }
}
