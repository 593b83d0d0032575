using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.DataChannels;

/// <summary>Two peers with data channels over a virtual network; the client is also the DTLS client.</summary>
internal sealed class DataChannelPair : IDisposable
{
    private readonly byte[] _packet = new byte[2000];
    private readonly LeakCheckingPacketPool _pool = new();

    public DataChannelPair(int seed, SctpOptions? serverOptions = null, int maxChannels = DataChannelTransport.DefaultMaxChannels)
    {
        Network = new VirtualNetwork(seed);
        Network.Configure(conditions => conditions.Delay = TimeSpan.FromMilliseconds(10));
        Client = new DataChannelTransport(isDtlsClient: true, new SctpOptions(), _pool, Drops, new Random(seed));
        Server = new DataChannelTransport(
            isDtlsClient: false,
            serverOptions ?? new SctpOptions(),
            _pool,
            Drops,
            new Random(seed + 1),
            maxChannels);
    }

    public ManualTime Time { get; } = new();

    public VirtualNetwork Network { get; }

    public PacketDrops Drops { get; } = new();

    public DataChannelTransport Client { get; }

    public DataChannelTransport Server { get; }

    /// <summary>What each side read; the data of messages is copied.</summary>
    public List<DataChannelEvent> ClientEvents { get; } = [];

    public List<DataChannelEvent> ServerEvents { get; } = [];

    public Timestamp Now => Time.Now;

    public DataChannelPair Connect()
    {
        Client.Connect(Now);
        Assert.True(RunUntil(() => Client.IsConnected && Server.IsConnected), Network.ToString());
        return this;
    }

    public DataChannel Open(string label, DataChannelReliability? reliability = null, string protocol = "")
    {
        Assert.True(Client.TryOpen(Now, label, protocol, reliability ?? DataChannelReliability.ReliableOrdered, out var channel));
        return channel;
    }

    public bool RunUntil(Func<bool> condition, int seconds = 60)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            Pump();
            if (condition())
            {
                return true;
            }

            var next = Timestamp.Min(Network.NextArrival, Timestamp.Min(Client.NextTimeout, Server.NextTimeout));
            if (next > end)
            {
                return false;
            }

            Time.AdvanceTo(Timestamp.Max(next, Now));
        }
    }

    public void Pump()
    {
        while (Network.AToB.TryReceive(Now, out var datagram))
        {
            Server.HandlePacket(Now, datagram);
        }

        while (Network.BToA.TryReceive(Now, out var datagram))
        {
            Client.HandlePacket(Now, datagram);
        }

        if (Client.NextTimeout <= Now)
        {
            Client.HandleTimeout(Now);
        }

        if (Server.NextTimeout <= Now)
        {
            Server.HandleTimeout(Now);
        }

        Drain(Client, ClientEvents, Network.AToB);
        Drain(Server, ServerEvents, Network.BToA);
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _pool.Dispose();
    }

    private void Drain(DataChannelTransport transport, List<DataChannelEvent> events, VirtualLink link)
    {
        while (transport.TryReadEvent(out var channelEvent))
        {
            events.Add(channelEvent with { Data = channelEvent.Data.ToArray() });
        }

        while (transport.TryWritePacket(Now, _packet, out var length))
        {
            link.Send(Now, _packet.AsSpan(0, length));
        }
    }
}
