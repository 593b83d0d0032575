using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Ice;

/// <summary>A client agent and a lite agent in virtual time. Only one of the server's candidates can be reached.</summary>
internal sealed class IceLink
{
    private static readonly TransportAddress ClientAddress = TransportAddress.FromIPv4(0xC633_6401, 40_000);

    private readonly VirtualNetwork _network;
    private readonly ManualTime _time = new();
    private readonly byte[] _buffer = new byte[StunMessageWriter.MaxBindingLength];
    private readonly TransportAddress _reachable;

    public IceLink(VirtualNetwork network, TransportAddress reachable, params TransportAddress[] candidates)
    {
        _network = network;
        _reachable = reachable;
        var clientCredentials = IceCredentials.Create();
        Server = new IceLiteAgent(IceCredentials.Create()) { RemoteUfrag = clientCredentials.Ufrag };
        Client = new IceClientAgent(clientCredentials, Server.Local, ClientAddress, candidates, new Random(network.Seed));
        Server.Start(_time.Now);
        Client.Start(_time.Now);
    }

    public IceClientAgent Client { get; }

    public IceLiteAgent Server { get; }

    /// <summary>Checks that the client sent to addresses that nobody has.</summary>
    public int SentToNobody { get; private set; }

    public Timestamp Now => _time.Now;

    /// <summary>Nothing more arrives at the server.</summary>
    public bool IsCut { get; set; }

    public NetworkPath ServerPath => new(_reachable, ClientAddress);

    /// <summary>Runs until <paramref name="span"/> has passed or <paramref name="isDone"/>.</summary>
    public void Run(TimeSpan span, Func<bool> isDone)
    {
        var end = _time.Now + span;
        while (!isDone())
        {
            Drain();
            var next = Timestamp.Min(
                _network.NextArrival, Timestamp.Min(Client.NextTimeout, Server.NextTimeout));
            if (next > end)
            {
                _time.AdvanceTo(end);
                return;
            }

            _time.AdvanceTo(Timestamp.Max(next, _time.Now));
            Client.HandleTimeout(_time.Now);
            Server.HandleTimeout(_time.Now);
            Receive();
        }
    }

    private void Drain()
    {
        while (Client.TryWriteDatagram(_buffer, out var length, out var path))
        {
            if (path.Remote != _reachable)
            {
                SentToNobody++;
            }
            else if (!IsCut)
            {
                _network.AToB.Send(_time.Now, _buffer.AsSpan(0, length));
            }
        }

        while (Server.TryWriteDatagram(_buffer, out var length, out _))
        {
            _network.BToA.Send(_time.Now, _buffer.AsSpan(0, length));
        }
    }

    private void Receive()
    {
        while (_network.AToB.TryReceive(_time.Now, out var datagram))
        {
            Server.HandleDatagram(_time.Now, datagram, ServerPath);
        }

        while (_network.BToA.TryReceive(_time.Now, out var datagram))
        {
            Client.HandleDatagram(_time.Now, datagram, new NetworkPath(ClientAddress, _reachable));
        }
    }
}
