using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;
using MediaRelay.Transport;

namespace MediaRelay.Client.Tests;

/// <summary>The relay core on one loop and a loopback port, without HTTP: offers are handed over directly.</summary>
internal sealed class LoopbackRelay : IDisposable
{
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly PacketPool _pool = new();
    private readonly LoopClock _clock = new(TimeProvider.System);
    private readonly DatagramLoop _loop;
    private readonly ShardHandler _handler;
    private readonly Faults _faults = new();

    public LoopbackRelay()
    {
        var socket = UdpPort.Open(new IPEndPoint(IPAddress.Loopback, 0), 1, new UdpSocketOptions())[0];
        var directory = new SessionDirectory();
        var shard = new RelayShard(0, _pool, directory, _faults.Add);
        _handler = new ShardHandler(shard);
        _loop = new DatagramLoop("relay", socket, _handler, _clock, _pool, _faults.Add);
        RelayShard.Connect([shard], _ => _loop.Wake);
        Core = new RelayCore(
            new RelayOptions { Certificate = _certificate, PublicAddresses = [TransportAddress.FromIPEndPoint(socket.LocalEndPoint)] },
            [shard], directory, _faults, new Random(11));
        Room = Core.GetOrAddRoom(_clock.Now, "room", isPortrait: true, slate: null);
        _loop.Start();
    }

    public RelayCore Core { get; }

    public Room Room { get; }

    /// <summary>Loses this share (0–1) of the media that arrives at the relay.</summary>
    public double Loss
    {
        set => _handler.Loss = value;
    }

    /// <summary>RTP and RTCP datagrams that were lost on purpose.</summary>
    public long Lost => _handler.Lost;

    public string Publish(string offer, string identity = "host")
    {
        var outcome = Core.Publish(_clock.Now, Room, identity, offer, codec: null);
        Assert.True(outcome.What == SessionOutcome.Status.Created, outcome.Reason);
        return outcome.Answer!;
    }

    public string Watch(string offer, DataApplication? application = null)
    {
        var outcome = Core.Watch(_clock.Now, Room, isReturn: false, "viewer", offer, application);
        Assert.True(outcome.What == SessionOutcome.Status.Created, outcome.Reason);
        return outcome.Answer!;
    }

    public void Dispose()
    {
        _loop.Dispose();
        _certificate.Dispose();
        Assert.Empty(_faults.All);
    }

    private sealed class ShardHandler(RelayShard shard) : DatagramLoopHandler
    {
        private readonly Random _random = new(5);
        private double _loss;
        private long _lost;

        public double Loss
        {
            set => Volatile.Write(ref _loss, value);
        }

        public long Lost => Interlocked.Read(ref _lost);

        public override Timestamp NextTimeout => shard.NextTimeout;

        public override void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path)
        {
            if (datagram.Span[0] is >= 128 and <= 191 && _random.NextDouble() < Volatile.Read(ref _loss))
            {
                Interlocked.Increment(ref _lost);
                datagram.Dispose();
                return;
            }

            shard.HandleDatagram(now, datagram, path);
        }

        public override void Process(Timestamp now, NtpTime wallClock, DatagramWriter output) => shard.Process(now, wallClock, output);
    }

    private sealed class Faults : RelayObserver
    {
        public List<Exception> All { get; } = [];

        public void Add(Exception exception)
        {
            lock (All)
            {
                All.Add(exception);
            }
        }

        public void Add(PeerSession session, Exception exception) => Add(exception);

        protected override void OnConnected(PeerSession session, TimeSpan afterRequest)
        {
        }

        protected override void OnFirstVideo(ViewerSession session, TimeSpan afterRequest)
        {
        }

        protected override void OnClosed(PeerSession session, CloseReason reason)
        {
        }

        protected override void OnHostChanged(Room room)
        {
        }

        protected override void OnFault(PeerSession session, Exception exception) => Add(exception);
    }
}
