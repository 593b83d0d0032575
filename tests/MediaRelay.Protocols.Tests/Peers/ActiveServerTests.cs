using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Peers;

/// <summary>A server that answers <c>a=setup:active</c>, as Janus does: ICE-lite, and it sends the ClientHello.</summary>
public sealed class ActiveServerTests : IDisposable
{
    private static readonly TransportAddress ClientAddress = TransportAddress.FromIPv4(0xC0000201, 4000);
    private static readonly TransportAddress ServerAddress = TransportAddress.FromIPv4(0xC0000202, 5000);
    private static readonly NetworkPath ToServer = new(ClientAddress, ServerAddress);
    private static readonly NetworkPath ToClient = new(ServerAddress, ClientAddress);

    private readonly DtlsCertificate _clientCertificate = DtlsCertificate.Create();
    private readonly DtlsCertificate _serverCertificate = DtlsCertificate.Create();
    private readonly PacketDrops _drops = new();
    private readonly byte[] _datagram = new byte[PacketBuffer.MaxLength];
    private readonly Timestamp _now = new(1_000_000_000);
    private readonly PeerConnection _client;
    private readonly IceLiteAgent _serverIce;
    private readonly DtlsTransport _serverDtls;

    public ActiveServerTests()
    {
        var clientCredentials = IceCredentials.Create();
        var serverCredentials = IceCredentials.Create();
        _serverIce = new IceLiteAgent(serverCredentials) { RemoteUfrag = clientCredentials.Ufrag };
        _serverDtls = new DtlsTransport(_serverCertificate, DtlsRole.Client, _clientCertificate.Fingerprint);
        _client = new PeerConnection(
            new PeerOptions
            {
                Certificate = _clientCertificate,
                LocalCredentials = clientCredentials,
                RemoteCredentials = serverCredentials,
                RemoteFingerprint = _serverCertificate.Fingerprint,
                IsDtlsServer = true,
                Pool = new PacketPool(),
            },
            _drops,
            new Random(7),
            ClientAddress,
            [ServerAddress]);
    }

    [Fact]
    public void Client_ServerSendsClientHello_Connects()
    {
        _client.Start(_now);
        _serverIce.Start(_now);
        Exchange();

        Assert.True(_client.IsConnected);
        Assert.Equal(DtlsState.Connected, _serverDtls.State);
        Assert.Equal(_serverDtls.NegotiatedProfile, _client.Profile);
        Assert.Equal(0, _drops.Total);
    }

    [Fact]
    public void Client_ClientHelloBeforeItsCheckSucceeded_IsDropped()
    {
        _client.Start(_now);
        _serverDtls.Start(_now);
        Assert.True(_serverDtls.TryWriteDatagram(_datagram, out var length));

        _client.Receive(_now, _datagram.AsSpan(0, length), ToServer, out _);

        Assert.Equal(1, _drops[DropReason.DtlsBeforeStun]);
    }

    [Fact]
    public void Client_ClientHelloOfAStranger_IsDropped()
    {
        _client.Start(_now);
        _serverIce.Start(_now);
        ExchangeIce();
        Assert.NotNull(_client.Path);
        _serverDtls.Start(_now);
        Assert.True(_serverDtls.TryWriteDatagram(_datagram, out var length));

        var stranger = new NetworkPath(ClientAddress, TransportAddress.FromIPv4(0xC0000203, 5000));
        _client.Receive(_now, _datagram.AsSpan(0, length), stranger, out _);

        Assert.Equal(1, _drops[DropReason.DtlsBeforeStun]);
        Assert.False(_client.TryWriteDatagram(_now, _datagram, out _, out _));
    }

    public void Dispose()
    {
        _client.Dispose();
        _serverDtls.Dispose();
        _clientCertificate.Dispose();
        _serverCertificate.Dispose();
    }

    private void Exchange()
    {
        ExchangeIce();
        _serverDtls.Start(_now);
        bool moved;
        do
        {
            moved = false;
            while (_serverDtls.TryWriteDatagram(_datagram, out var length))
            {
                _client.Receive(_now, _datagram.AsSpan(0, length), ToServer, out _);
                moved = true;
            }

            while (_client.TryWriteDatagram(_now, _datagram, out var length, out _))
            {
                Assert.True(_serverDtls.HandleDatagram(_now, _datagram.AsSpan(0, length)));
                moved = true;
            }
        }
        while (moved);
    }

    private void ExchangeIce()
    {
        bool moved;
        do
        {
            moved = false;
            while (_client.TryWriteDatagram(_now, _datagram, out var length, out _))
            {
                _serverIce.HandleDatagram(_now, _datagram.AsSpan(0, length), ToClient);
                moved = true;
            }

            while (_serverIce.TryWriteDatagram(_datagram, out var length, out _))
            {
                _client.Receive(_now, _datagram.AsSpan(0, length), ToServer, out _);
                moved = true;
            }
        }
        while (moved);
    }
}
