using System.Buffers.Binary;
using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Protocols.Tests.Dtls;

/// <summary>What comes after the handshake, against OpenSSL as the peer.</summary>
public sealed class EstablishedConnectionTests
{
    [Fact]
    public void Connected_BothSides_LetGoOfOpenSsl()
    {
        using var pair = DtlsPair.Connected();

        Assert.True(pair.Client.HasLetGoOfOpenSsl);
        Assert.True(pair.Server.HasLetGoOfOpenSsl);
    }

    [Fact]
    public void ApplicationData_WithOpenSslAtTheOtherEnd_ArrivesBothWays()
    {
        using var peer = OpenSslPeer.Connected();
        Assert.True(peer.Server.HasLetGoOfOpenSsl);
        byte[] large = [.. Enumerable.Range(0, DtlsTransport.MaxApplicationDataLength).Select(i => (byte)i)];

        for (var i = 0; i < 20; i++)
        {
            Assert.True(peer.Server.TryWriteApplicationData([(byte)i]));
            Assert.True(peer.Server.TryWriteApplicationData(large));
            peer.DeliverToClient(DtlsPair.Drain(peer.Server));
            Assert.Equal([[(byte)i], large], peer.ReadAtClient());

            peer.SendToServer([(byte)i, 1]);
            peer.SendToServer(large);
            Assert.Equal([[(byte)i, 1], large], DtlsPair.ReadAll(peer.Server));
        }
    }

    [Fact]
    public void LastFlight_Lost_IsRepeatedForAClientThatAsks()
    {
        using var peer = OpenSslPeer.BeforeLastFlight();
        Assert.True(peer.Server.HasLetGoOfOpenSsl);
        Assert.NotEmpty(DtlsPair.Drain(peer.Server));

        DtlsPair.Deliver(peer.Server, peer.LastClientFlight);
        var repeated = DtlsPair.Drain(peer.Server);
        peer.DeliverToClient(repeated);

        Assert.Single(repeated);
        Assert.True(peer.IsClientConnected);
        Assert.True(peer.Server.TryWriteApplicationData([7]));
        peer.DeliverToClient(DtlsPair.Drain(peer.Server));
        Assert.Equal([[7]], peer.ReadAtClient());
    }

    [Fact]
    public void LastFlight_LostSeveralTimes_IsRepeatedForEveryNewFinished()
    {
        using var peer = OpenSslPeer.BeforeLastFlight();
        DtlsPair.Drain(peer.Server);
        var flights = new List<byte[]>();
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            // What the client's timer would make: the same message in a new record.
            DtlsPair.Deliver(peer.Server, [peer.MakeClientRecord(DtlsContentType.Handshake, FinishedOfClient(), sequence)]);
            flights.Add(Assert.Single(DtlsPair.Drain(peer.Server)));
        }

        peer.DeliverToClient(flights.TakeLast(1));

        Assert.True(peer.IsClientConnected);
        Assert.Equal(flights.Count, flights.Select(SequenceOfLastRecord).Distinct().Count());
    }

    [Fact]
    public void LastFlight_SameFinishedAgainAndAgain_IsRepeatedOnce()
    {
        using var peer = OpenSslPeer.BeforeLastFlight();
        DtlsPair.Drain(peer.Server);

        for (var i = 0; i < 10; i++)
        {
            DtlsPair.Deliver(peer.Server, peer.LastClientFlight);
        }

        Assert.Single(DtlsPair.Drain(peer.Server));
    }

    [Fact]
    public void LastFlight_PlainPartOnlyOrForgedFinished_IsNotRepeated()
    {
        using var peer = OpenSslPeer.BeforeLastFlight();
        DtlsPair.Drain(peer.Server);
        var forged = peer.MakeClientRecord(DtlsContentType.Handshake, FinishedOfClient(), sequence: 3);
        forged[^1] ^= 1;

        DtlsPair.Deliver(peer.Server, [peer.LastClientFlight[0][..^100], forged]);
        DtlsPair.Deliver(peer.Server, HandshakeFragments.Split(peer.LastClientFlight[0], fragmentLength: 400));

        Assert.Empty(DtlsPair.Drain(peer.Server));
        Assert.Equal(DtlsState.Connected, peer.Server.State);
    }

    [Fact]
    public void ApplicationData_BeforeTheFinishedThatMakesItsKeysKnown_IsNotLost()
    {
        using var pair = new DtlsPair();
        pair.Start();
        DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));
        var lastFlight = DtlsPair.Drain(pair.Server);
        Assert.True(pair.Server.TryWriteApplicationData([1]));
        Assert.True(pair.Server.TryWriteApplicationData([2]));

        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        DtlsPair.Deliver(pair.Client, lastFlight);

        Assert.Equal([[1], [2]], DtlsPair.ReadAll(pair.Client));
        Assert.True(pair.Client.HasLetGoOfOpenSsl);
        Assert.True(pair.Server.TryWriteApplicationData([3]));
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        Assert.Equal([[3]], DtlsPair.ReadAll(pair.Client));
    }

    [Fact]
    public void Close_ByTransport_OpenSslHearsOfIt()
    {
        using var peer = OpenSslPeer.Connected();

        peer.Server.Close();
        peer.DeliverToClient(DtlsPair.Drain(peer.Server));

        Assert.Equal(DtlsProgress.Closed, peer.ClientProgress);
    }

    [Fact]
    public void Close_ByOpenSsl_TransportHearsOfIt()
    {
        using var peer = OpenSslPeer.Connected();

        peer.CloseClient();

        Assert.Equal(DtlsState.Closed, peer.Server.State);
        Assert.True(peer.Server.TryReadEvent(out var dtlsEvent));
        Assert.Equal(DtlsEventKind.Closed, dtlsEvent.Kind);
        Assert.False(peer.Server.TryWriteApplicationData([1]));
    }

    [Fact]
    public void Alert_Fatal_FailsTheConnection()
    {
        using var peer = OpenSslPeer.Connected();

        DtlsPair.Deliver(peer.Server, [peer.MakeClientRecord(DtlsContentType.Alert, [2, 40], sequence: 9)]);

        Assert.Equal(DtlsState.Failed, peer.Server.State);
        Assert.True(peer.Server.TryReadEvent(out var dtlsEvent));
        Assert.Equal("the peer sent alert 40", dtlsEvent.Detail);
    }

    [Fact]
    public void Alert_WarningOrMalformedOrPlain_IsIgnored()
    {
        using var peer = OpenSslPeer.Connected();
        byte[] plain = [21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40];

        DtlsPair.Deliver(
            peer.Server,
            [
                peer.MakeClientRecord(DtlsContentType.Alert, [1, 90], sequence: 9),
                peer.MakeClientRecord(DtlsContentType.Alert, [2], sequence: 10),
                peer.MakeClientRecord(DtlsContentType.ApplicationData, [], sequence: 11),
                peer.MakeClientRecord((DtlsContentType)99, [2, 40], sequence: 12),
                plain,
            ]);

        Assert.Equal(DtlsState.Connected, peer.Server.State);
        Assert.Empty(DtlsPair.ReadAll(peer.Server));
    }

    [Fact]
    public void HandleDatagram_RecordCutAtEveryLength_IsRefusedAndHarmless()
    {
        using var peer = OpenSslPeer.Connected();
        var record = peer.MakeClientRecord(DtlsContentType.ApplicationData, [1, 2, 3], sequence: 5);
        for (var length = 0; length < record.Length; length++)
        {
            var cut = record[..length];
            Assert.False(peer.Server.HandleDatagram(DtlsPair.Now, cut));
            if (length >= DtlsRecords.HeaderLength)
            {
                BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(11), (ushort)(length - DtlsRecords.HeaderLength));
                Assert.False(peer.Server.HandleDatagram(DtlsPair.Now, cut));
            }
        }

        Assert.True(peer.Server.HandleDatagram(DtlsPair.Now, record));
        Assert.Equal([[1, 2, 3]], DtlsPair.ReadAll(peer.Server));
    }

    [Fact]
    public void HandleDatagram_OlderThanTheReplayWindow_IsRefused()
    {
        using var peer = OpenSslPeer.Connected();
        byte[] Data(long sequence) => peer.MakeClientRecord(DtlsContentType.ApplicationData, [(byte)sequence], sequence);

        Assert.True(peer.Server.HandleDatagram(DtlsPair.Now, Data(200)));
        Assert.True(peer.Server.HandleDatagram(DtlsPair.Now, Data(137)));
        Assert.False(peer.Server.HandleDatagram(DtlsPair.Now, Data(136)));
        Assert.False(peer.Server.HandleDatagram(DtlsPair.Now, Data(200)));

        Assert.Equal([[200], [137]], DtlsPair.ReadAll(peer.Server));
    }

    [Fact]
    public void HandleDatagram_NeverReadOut_IsRefusedAtABound()
    {
        using var peer = OpenSslPeer.Connected();

        var taken = Enumerable.Range(1, 200).Count(sequence => peer.Server.HandleDatagram(
            DtlsPair.Now, peer.MakeClientRecord(DtlsContentType.ApplicationData, new byte[1000], sequence)));

        Assert.InRange(taken, 16, 33);
        Assert.Equal(taken, DtlsPair.ReadAll(peer.Server).Count);
    }

    [Fact]
    public void Records_OverHandshakeAndAfter_NeverUseANumberOrNonceTwice()
    {
        using var peer = OpenSslPeer.BeforeLastFlight();
        var datagrams = DtlsPair.Drain(peer.Server);
        DtlsPair.Deliver(peer.Server, peer.LastClientFlight);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(peer.Server.TryWriteApplicationData([1]));
        }

        peer.Server.Close();
        datagrams.AddRange(DtlsPair.Drain(peer.Server));

        var records = datagrams.SelectMany(Records).ToList();
        var encrypted = records.Where(record => DtlsRecords.IsEncrypted(record)).ToList();
        Assert.Equal(13, encrypted.Count);
        Assert.Equal(Enumerable.Range(0, 13).Select(i => (long)i), encrypted.Select(record => DtlsRecords.GetSequence(record)));
        Assert.Equal(13, encrypted.Select(record => BinaryPrimitives.ReadUInt64BigEndian(record.AsSpan(13))).Distinct().Count());
        var plain = records.Where(record => !DtlsRecords.IsEncrypted(record)).Select(record => DtlsRecords.GetSequence(record)).ToList();
        Assert.Equal(plain.Distinct().Count(), plain.Count);
    }

    [Theory]
    [InlineData("ECDHE-ECDSA-CHACHA20-POLY1305")]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384")]
    [InlineData("ECDHE-ECDSA-AES128-SHA")]
    public void Handshake_ClientHasAnotherCipherOnly_OpenSslStaysAndWorks(string cipher)
    {
        using var certificate = DtlsCertificate.Create(cipher);
        using var client = new DtlsTransport(certificate, DtlsRole.Client, DtlsPair.ServerCertificate.Fingerprint);
        using var server = new DtlsTransport(DtlsPair.ServerCertificate, DtlsRole.Server, certificate.Fingerprint);
        client.Start(DtlsPair.Now);
        for (var round = 0; round < 3; round++)
        {
            DtlsPair.Deliver(server, DtlsPair.Drain(client));
            DtlsPair.Deliver(client, DtlsPair.Drain(server));
        }

        Assert.Equal(DtlsState.Connected, server.State);
        Assert.False(server.HasLetGoOfOpenSsl);
        Assert.True(server.TryWriteApplicationData([1]));
        Assert.True(client.TryWriteApplicationData([2]));
        DtlsPair.Deliver(client, DtlsPair.Drain(server));
        DtlsPair.Deliver(server, DtlsPair.Drain(client));
        Assert.Equal([[1]], DtlsPair.ReadAll(client));
        Assert.Equal([[2]], DtlsPair.ReadAll(server));
        Assert.True(server.TryTakeSrtpKeys(out _));

        client.Close();
        DtlsPair.Deliver(server, DtlsPair.Drain(client));
        Assert.Equal(DtlsState.Closed, server.State);
    }

    private static byte[] FinishedOfClient() => [20, 0, 0, 12, 0, 5, 0, 0, 0, 0, 0, 12, .. new byte[12]];

    private static long SequenceOfLastRecord(byte[] datagram) => DtlsRecords.GetSequence(Records(datagram).Last());

    private static List<byte[]> Records(byte[] datagram)
    {
        var records = new List<byte[]>();
        while (DtlsRecords.IsPlausible(datagram))
        {
            var length = DtlsRecords.GetRecordLength(datagram);
            records.Add(datagram[..length]);
            datagram = datagram[length..];
        }

        return records;
    }
}
