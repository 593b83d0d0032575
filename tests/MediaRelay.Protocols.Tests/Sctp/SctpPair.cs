using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>
/// Two associations over a virtual network, driven in virtual time. Everything that either reads is kept; disposing checks that all
/// buffers came back.
/// </summary>
internal sealed class SctpPair : IDisposable
{
    private readonly byte[] _packet = new byte[2000];
    private readonly LeakCheckingPacketPool _pool = new();

    public SctpPair(int seed, SctpOptions? clientOptions = null, SctpOptions? serverOptions = null)
    {
        Network = new VirtualNetwork(seed);
        Network.Configure(conditions => conditions.Delay = TimeSpan.FromMilliseconds(10));
        Client = new SctpAssociation(clientOptions ?? new SctpOptions(), _pool, Drops, new Random(seed));
        Server = new SctpAssociation(serverOptions ?? new SctpOptions(), _pool, Drops, new Random(seed + 1));
    }

    public ManualTime Time { get; } = new();

    public VirtualNetwork Network { get; }

    public PacketDrops Drops { get; } = new();

    public SctpAssociation Client { get; }

    public SctpAssociation Server { get; }

    public List<(ushort Stream, uint PayloadProtocol, byte[] Data)> ClientMessages { get; } = [];

    public List<(ushort Stream, uint PayloadProtocol, byte[] Data)> ServerMessages { get; } = [];

    public List<SctpEvent> ClientEvents { get; } = [];

    public List<SctpEvent> ServerEvents { get; } = [];

    /// <summary>When false the server's messages stay unread.</summary>
    public bool IsServerReading { get; set; } = true;

    /// <summary>Sees every packet that is sent, with true for the client's.</summary>
    public Action<bool, byte[]>? Tap { get; set; }

    public Timestamp Now => Time.Now;

    public long BuffersOutstanding => _pool.Outstanding;

    public SctpPair Connect()
    {
        Client.Connect(Now);
        Assert.True(RunUntil(() => Client.IsConnected && Server.IsConnected), $"not connected: {Network}");
        return this;
    }

    /// <summary>Goes from event to event until the condition holds, or the time is over (false).</summary>
    public bool RunUntil(Func<bool> condition, int seconds = 120)
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

    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        while (true)
        {
            Pump();
            var next = Timestamp.Min(Network.NextArrival, Timestamp.Min(Client.NextTimeout, Server.NextTimeout));
            if (next > end)
            {
                break;
            }

            Time.AdvanceTo(Timestamp.Max(next, Now));
        }

        Time.AdvanceTo(end);
    }

    /// <summary>Delivers what has arrived, lets due timers expire and sends what is to be sent, at the present time.</summary>
    public void Pump()
    {
        while (Network.AToB.TryReceive(Now, out var datagram))
        {
            Server.HandlePacket(Now, datagram);
            Drain();
        }

        while (Network.BToA.TryReceive(Now, out var datagram))
        {
            Client.HandlePacket(Now, datagram);
            Drain();
        }

        if (Client.NextTimeout <= Now)
        {
            Client.HandleTimeout(Now);
        }

        if (Server.NextTimeout <= Now)
        {
            Server.HandleTimeout(Now);
        }

        Drain();
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _pool.Dispose();
    }

    private void Drain()
    {
        Read(Client, ClientMessages, ClientEvents, isReading: true);
        Read(Server, ServerMessages, ServerEvents, IsServerReading);
        while (Client.TryWritePacket(Now, _packet, out var length))
        {
            Tap?.Invoke(true, _packet[..length]);
            Network.AToB.Send(Now, _packet.AsSpan(0, length));
        }

        while (Server.TryWritePacket(Now, _packet, out var length))
        {
            Tap?.Invoke(false, _packet[..length]);
            Network.BToA.Send(Now, _packet.AsSpan(0, length));
        }
    }

    private static void Read(
        SctpAssociation association,
        List<(ushort Stream, uint PayloadProtocol, byte[] Data)> messages,
        List<SctpEvent> events,
        bool isReading)
    {
        while (true)
        {
            if (association.TryReadEvent(out var sctpEvent))
            {
                events.Add(sctpEvent);
            }
            else if (isReading && association.TryReadMessage(out var message))
            {
                messages.Add((message.Stream, message.PayloadProtocol, message.Data.ToArray()));
            }
            else
            {
                return;
            }
        }
    }
}
