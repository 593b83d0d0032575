using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Dtls;

/// <summary>A client and a server whose datagrams the test carries by hand.</summary>
internal sealed class DtlsPair : IDisposable
{
    // Making a key takes time and any two peers may share one, as in the server.
    public static readonly DtlsCertificate ClientCertificate = DtlsCertificate.Create();
    public static readonly DtlsCertificate ServerCertificate = DtlsCertificate.Create();

    public static readonly Timestamp Now = Timestamp.FromMilliseconds(1);

    public DtlsTransport Client { get; } =
        new(ClientCertificate, DtlsRole.Client, ServerCertificate.Fingerprint);

    public DtlsTransport Server { get; } =
        new(ServerCertificate, DtlsRole.Server, ClientCertificate.Fingerprint);

    public static DtlsPair Connected()
    {
        var pair = new DtlsPair();
        pair.Start();
        pair.Exchange(datagrams => datagrams);
        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
        Assert.True(pair.Client.TryReadEvent(out _));
        Assert.True(pair.Server.TryReadEvent(out _));
        return pair;
    }

    public static List<byte[]> Drain(DtlsTransport transport)
    {
        var datagrams = new List<byte[]>();
        var buffer = new byte[DtlsTransport.MaxDatagramLength];
        while (transport.TryWriteDatagram(buffer, out var length))
        {
            datagrams.Add(buffer[..length]);
        }

        return datagrams;
    }

    public static List<byte[]> ReadAll(DtlsTransport transport)
    {
        var messages = new List<byte[]>();
        var buffer = new byte[2048];
        while (transport.TryReadApplicationData(buffer, out var length))
        {
            messages.Add(buffer[..length]);
        }

        return messages;
    }

    public static void Deliver(DtlsTransport to, IEnumerable<byte[]> datagrams)
    {
        foreach (var datagram in datagrams)
        {
            to.HandleDatagram(Now, datagram);
        }
    }

    public void Start()
    {
        Server.Start(Now);
        Client.Start(Now);
    }

    /// <summary>Carries flights to and fro until neither side has anything to say; <paramref name="disturb"/> sees each flight.</summary>
    public void Exchange(Func<List<byte[]>, IEnumerable<byte[]>> disturb)
    {
        for (var round = 0; round < 20; round++)
        {
            var toServer = Drain(Client);
            Deliver(Server, disturb(toServer));
            var toClient = Drain(Server);
            Deliver(Client, disturb(toClient));
            if (toServer.Count + toClient.Count == 0)
            {
                return;
            }
        }

        Assert.Fail("The two sides never fall silent.");
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
