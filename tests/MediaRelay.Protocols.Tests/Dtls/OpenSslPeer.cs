using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Tests.Dtls;

/// <summary>A client that stays with OpenSSL to the end, against a <see cref="DtlsTransport"/> that does not.</summary>
internal sealed class OpenSslPeer : IDisposable
{
    private readonly DtlsSession _client;

    private OpenSslPeer(DtlsSession client, DtlsTransport server)
    {
        _client = client;
        Server = server;
    }

    public DtlsTransport Server { get; }

    /// <summary>The client's datagrams that ended its part of the handshake.</summary>
    public List<byte[]> LastClientFlight { get; private set; } = [];

    /// <summary>The server is connected; its last flight waits there and the client has not seen it.</summary>
    public static OpenSslPeer BeforeLastFlight()
    {
        var peer = new OpenSslPeer(
            new DtlsSession(DtlsPair.ClientCertificate, DtlsRole.Client),
            new DtlsTransport(DtlsPair.ServerCertificate, DtlsRole.Server, DtlsPair.ClientCertificate.Fingerprint));
        peer._client.Handshake();
        DtlsPair.Deliver(peer.Server, peer.DrainClient());
        peer.DeliverToClient(DtlsPair.Drain(peer.Server));
        peer.LastClientFlight = peer.DrainClient();
        DtlsPair.Deliver(peer.Server, peer.LastClientFlight);
        Assert.Equal(DtlsState.Connected, peer.Server.State);
        Assert.True(peer.Server.TryReadEvent(out _));
        return peer;
    }

    public static OpenSslPeer Connected()
    {
        var peer = BeforeLastFlight();
        peer.DeliverToClient(DtlsPair.Drain(peer.Server));
        Assert.True(peer.IsClientConnected);
        return peer;
    }

    public bool IsClientConnected { get; private set; }

    public DtlsProgress ClientProgress { get; private set; }

    public void DeliverToClient(IEnumerable<byte[]> datagrams)
    {
        foreach (var datagram in datagrams)
        {
            _client.Feed(datagram);
            IsClientConnected = IsClientConnected || _client.Handshake() == DtlsProgress.Done;
            ClientProgress = IsClientConnected ? _client.Peek() : DtlsProgress.Waiting;
        }
    }

    public void SendToServer(byte[] data)
    {
        Assert.Equal(DtlsProgress.Done, _client.Write(data));
        DtlsPair.Deliver(Server, DrainClient());
    }

    public List<byte[]> ReadAtClient()
    {
        var messages = new List<byte[]>();
        var buffer = new byte[2048];
        while (_client.Read(buffer, out var length) == DtlsProgress.Done)
        {
            messages.Add(buffer[..length]);
        }

        return messages;
    }

    public void CloseClient()
    {
        _client.Shutdown();
        DtlsPair.Deliver(Server, DrainClient());
    }

    /// <summary>Something that the client could send but OpenSSL would not: a record with its keys.</summary>
    public byte[] MakeClientRecord(DtlsContentType type, byte[] content, long sequence)
    {
        Assert.True(_client.TryGetTrafficKeys(out var keys));
        using var protection = new RecordProtection(keys, DtlsRole.Client, sequence, nextNonce: 1UL << 63);
        var record = new byte[content.Length + RecordProtection.Overhead];
        Assert.Equal(record.Length, protection.Protect(type, content, record));
        return record;
    }

    public List<byte[]> DrainClient()
    {
        var datagrams = new List<byte[]>();
        var buffer = new byte[DtlsTransport.MaxDatagramLength];
        while (_client.TakeDatagram(buffer) is > 0 and var length)
        {
            datagrams.Add(buffer[..length]);
        }

        return datagrams;
    }

    public void Dispose()
    {
        _client.Dispose();
        Server.Dispose();
    }
}
