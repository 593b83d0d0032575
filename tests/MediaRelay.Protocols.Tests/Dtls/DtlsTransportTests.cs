using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Dtls;

public sealed class DtlsTransportTests
{
    [Fact]
    public void Handshake_BothSides_ConnectAndExportTheSameKeys()
    {
        using var pair = new DtlsPair();
        pair.Start();
        Assert.Equal(DtlsState.Handshaking, pair.Client.State);
        Assert.False(pair.Client.TryTakeSrtpKeys(out _));

        pair.Exchange(flight => flight);

        Assert.True(pair.Client.TryReadEvent(out var clientEvent));
        Assert.True(pair.Server.TryReadEvent(out var serverEvent));
        Assert.Equal(DtlsEventKind.Connected, clientEvent.Kind);
        Assert.Equal(DtlsEventKind.Connected, serverEvent.Kind);
        Assert.False(pair.Client.TryReadEvent(out _));
        Assert.Equal(Timestamp.Never, pair.Client.NextTimeout);
        Assert.Equal(Timestamp.Never, pair.Server.NextTimeout);

        Assert.Equal(SrtpProfile.AeadAes128Gcm, pair.Server.NegotiatedProfile);
        Assert.Equal(SrtpProfile.AeadAes128Gcm, pair.Client.NegotiatedProfile);
        Assert.True(pair.Client.TryTakeSrtpKeys(out var clientKeys));
        Assert.True(pair.Server.TryTakeSrtpKeys(out var serverKeys));
        Assert.Equal(clientKeys.ClientKey, serverKeys.ClientKey);
        Assert.Equal(clientKeys.ServerSalt, serverKeys.ServerSalt);
        Assert.False(clientKeys.ClientKey.SequenceEqual(clientKeys.ServerKey));
        Assert.False(pair.Server.TryTakeSrtpKeys(out _));
    }

    [Fact]
    public void ExportedKeys_ClientOutbound_ServerInboundDecrypts()
    {
        using var pair = DtlsPair.Connected();
        Assert.True(pair.Client.TryTakeSrtpKeys(out var clientKeys));
        Assert.True(pair.Server.TryTakeSrtpKeys(out var serverKeys));
        using var outbound = clientKeys.CreateOutbound(DtlsRole.Client);
        using var inbound = serverKeys.CreateInbound(DtlsRole.Server);
        byte[] header = [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
        byte[] payload = [1, 2, 3];
        var packet = new byte[64];

        var length = outbound.ProtectRtp(header, payload, packet);

        Assert.True(inbound.TryUnprotectRtp(packet.AsSpan(0, length), out var plainLength, out _));
        Assert.Equal([.. header, .. payload], packet[..plainLength]);
    }

    [Fact]
    public void Handshake_DatagramsReversedInEveryFlight_Connects()
    {
        using var pair = new DtlsPair();
        pair.Start();

        pair.Exchange(flight => Enumerable.Reverse(flight));

        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void Handshake_EveryDatagramTwice_Connects()
    {
        using var pair = new DtlsPair();
        pair.Start();

        pair.Exchange(flight => flight.SelectMany(datagram => new[] { datagram, datagram }));

        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Handshake_ClientHelloInFragments_Connects(bool isReversed)
    {
        using var pair = new DtlsPair();
        pair.Start();
        var hello = Assert.Single(DtlsPair.Drain(pair.Client));
        var fragments = HandshakeFragments.Split(hello, fragmentLength: 70);
        Assert.True(fragments.Count >= 3);

        DtlsPair.Deliver(pair.Server, isReversed ? Enumerable.Reverse(fragments) : fragments);
        pair.Exchange(flight => flight);

        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void Handshake_RepeatedClientHelloInFrontOfTheNextFlight_ConnectsAtOnce()
    {
        using var pair = new DtlsPair();
        pair.Start();
        var hello = Assert.Single(DtlsPair.Drain(pair.Client));
        DtlsPair.Deliver(pair.Server, [hello]);
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        var repeated = hello.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(repeated.AsSpan(9), 20);

        DtlsPair.Deliver(pair.Server, [[.. repeated, .. Assert.Single(DtlsPair.Drain(pair.Client))]]);

        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void Handshake_FlightsFitDatagramsOfWholeRecords()
    {
        using var pair = new DtlsPair();
        pair.Start();

        pair.Exchange(flight =>
        {
            foreach (var datagram in flight)
            {
                Assert.InRange(datagram.Length, DtlsRecords.HeaderLength, 1200);
                Assert.Equal(datagram.Length, DtlsRecords.CutDatagram(datagram, datagram.Length));
            }

            return flight;
        });
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void Handshake_ServerSeesAnotherCertificate_FailsWithMismatch()
    {
        using var client = new DtlsTransport(
            DtlsPair.ClientCertificate, DtlsRole.Client, DtlsPair.ServerCertificate.Fingerprint);
        using var server = new DtlsTransport(
            DtlsPair.ServerCertificate, DtlsRole.Server, DtlsPair.ServerCertificate.Fingerprint);
        client.Start(DtlsPair.Now);
        DtlsPair.Deliver(server, DtlsPair.Drain(client));
        DtlsPair.Deliver(client, DtlsPair.Drain(server));
        DtlsPair.Deliver(server, DtlsPair.Drain(client));

        Assert.Equal(DtlsState.Failed, server.State);
        Assert.True(server.TryReadEvent(out var dtlsEvent));
        Assert.Equal(DtlsEventKind.Failed, dtlsEvent.Kind);
        Assert.Equal(DropReason.DtlsFingerprintMismatch, dtlsEvent.Drop);
        Assert.False(server.TryTakeSrtpKeys(out _));
        Assert.False(server.TryWriteApplicationData([1]));
    }

    [Fact]
    public void Handshake_ClientSeesAnotherCertificate_FailsWithMismatch()
    {
        using var client = new DtlsTransport(
            DtlsPair.ClientCertificate, DtlsRole.Client, DtlsPair.ClientCertificate.Fingerprint);
        using var server = new DtlsTransport(
            DtlsPair.ServerCertificate, DtlsRole.Server, DtlsPair.ClientCertificate.Fingerprint);
        client.Start(DtlsPair.Now);
        for (var round = 0; round < 3; round++)
        {
            DtlsPair.Deliver(server, DtlsPair.Drain(client));
            DtlsPair.Deliver(client, DtlsPair.Drain(server));
        }

        Assert.Equal(DtlsState.Failed, client.State);
        Assert.True(client.TryReadEvent(out var dtlsEvent));
        Assert.Equal(DropReason.DtlsFingerprintMismatch, dtlsEvent.Drop);
    }

    [Theory]
    [InlineData("sha-1")]
    [InlineData("sha-384")]
    [InlineData("SHA-512")]
    public void Handshake_PeerAnnouncesOtherHash_IsComparedByThatHash(string algorithm)
    {
        var announced = DtlsPair.ClientCertificate.ComputeOwn(algorithm);
        using var client = new DtlsTransport(
            DtlsPair.ClientCertificate, DtlsRole.Client, DtlsPair.ServerCertificate.Fingerprint);
        using var server = new DtlsTransport(DtlsPair.ServerCertificate, DtlsRole.Server, announced);
        client.Start(DtlsPair.Now);
        for (var round = 0; round < 3; round++)
        {
            DtlsPair.Deliver(server, DtlsPair.Drain(client));
            DtlsPair.Deliver(client, DtlsPair.Drain(server));
        }

        Assert.Equal(DtlsState.Connected, server.State);
    }

    [Fact]
    public void Handshake_Started_AsksForTimeoutWithinOneHundredMilliseconds()
    {
        using var pair = new DtlsPair();
        pair.Start();

        Assert.Equal(Timestamp.Never, pair.Server.NextTimeout);
        Assert.InRange((pair.Client.NextTimeout - DtlsPair.Now).TotalMilliseconds, 1, 100);
    }

    [Fact]
    public void Handshake_LastFlightLostAndDataArrivesFirst_ClientGoesOnWaiting()
    {
        using var pair = new DtlsPair();
        pair.Start();
        DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));
        Assert.Equal(DtlsState.Connected, pair.Server.State);
        Assert.NotEmpty(DtlsPair.Drain(pair.Server));

        // Application data must not get in the way of the peer that has no keys yet.
        Assert.True(pair.Server.TryWriteApplicationData([1, 2, 3]));
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));

        Assert.Equal(DtlsState.Handshaking, pair.Client.State);
        Assert.NotEqual(Timestamp.Never, pair.Client.NextTimeout);
    }

    [Fact]
    public void ApplicationData_BothWays_ArrivesRecordByRecord()
    {
        using var pair = DtlsPair.Connected();
        byte[] large = [.. Enumerable.Range(0, DtlsTransport.MaxApplicationDataLength).Select(i => (byte)i)];

        Assert.True(pair.Client.TryWriteApplicationData([1, 2, 3]));
        Assert.True(pair.Client.TryWriteApplicationData([4, 5]));
        Assert.True(pair.Client.TryWriteApplicationData(large));
        var datagrams = DtlsPair.Drain(pair.Client);
        DtlsPair.Deliver(pair.Server, datagrams);
        var received = DtlsPair.ReadAll(pair.Server);

        Assert.Equal(3, datagrams.Count);
        Assert.Equal([[1, 2, 3], [4, 5], large], received);

        Assert.True(pair.Server.TryWriteApplicationData([9]));
        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        Assert.Equal([[9]], DtlsPair.ReadAll(pair.Client));
    }

    [Fact]
    public void ApplicationData_ReadOneByOneBetweenWrites_KeepsRecordsWhole()
    {
        using var pair = DtlsPair.Connected();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(pair.Client.TryWriteApplicationData([(byte)i, 1]));
            Assert.True(pair.Client.TryWriteApplicationData([(byte)i, 2]));
            DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));

            var buffer = new byte[64];
            Assert.True(pair.Server.TryReadApplicationData(buffer, out var length));
            Assert.Equal([(byte)i, 1], buffer[..length]);

            // A write while a record is still to be read must not free what is read from.
            Assert.True(pair.Server.TryWriteApplicationData([(byte)i]));
            Assert.True(pair.Server.TryReadApplicationData(buffer, out length));
            Assert.Equal([(byte)i, 2], buffer[..length]);
            Assert.False(pair.Server.TryReadApplicationData(buffer, out _));
        }

        DtlsPair.Deliver(pair.Client, DtlsPair.Drain(pair.Server));
        Assert.Equal(200, DtlsPair.ReadAll(pair.Client).Count);
    }

    [Fact]
    public void ApplicationData_EmptyTooLongOrBeforeConnected_IsRefused()
    {
        using var pair = DtlsPair.Connected();
        Assert.False(pair.Client.TryWriteApplicationData([]));
        Assert.False(pair.Client.TryWriteApplicationData(new byte[DtlsTransport.MaxApplicationDataLength + 1]));

        using var idle = new DtlsTransport(DtlsPair.ClientCertificate, DtlsRole.Client, DtlsPair.ServerCertificate.Fingerprint);
        Assert.False(idle.TryWriteApplicationData([1]));
    }

    [Fact]
    public void ApplicationData_NeverDrained_IsRefusedAtABound()
    {
        using var pair = DtlsPair.Connected();
        var data = new byte[1000];
        var written = 0;
        while (written < 1000 && pair.Client.TryWriteApplicationData(data))
        {
            written++;
        }

        Assert.InRange(written, 32, 128);
    }

    [Fact]
    public void ApplicationData_CorruptedOrRepeatedRecord_IsSkipped()
    {
        using var pair = DtlsPair.Connected();
        Assert.True(pair.Client.TryWriteApplicationData([1]));
        var datagram = Assert.Single(DtlsPair.Drain(pair.Client));
        var corrupted = datagram.ToArray();
        corrupted[^1] ^= 1;

        DtlsPair.Deliver(pair.Server, [corrupted]);
        Assert.Empty(DtlsPair.ReadAll(pair.Server));
        DtlsPair.Deliver(pair.Server, [datagram, datagram]);

        Assert.Equal([[1]], DtlsPair.ReadAll(pair.Server));
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void Close_Connected_PeerHearsOfIt()
    {
        using var pair = DtlsPair.Connected();

        pair.Client.Close();
        Assert.Equal(DtlsState.Closed, pair.Client.State);
        Assert.False(pair.Client.TryReadEvent(out _));
        DtlsPair.Deliver(pair.Server, DtlsPair.Drain(pair.Client));

        Assert.Equal(DtlsState.Closed, pair.Server.State);
        Assert.True(pair.Server.TryReadEvent(out var dtlsEvent));
        Assert.Equal(DtlsEventKind.Closed, dtlsEvent.Kind);
        Assert.False(pair.Server.HandleDatagram(DtlsPair.Now, new byte[13]));
    }

    [Fact]
    public void Dispose_InEveryState_LeavesNothingToDo()
    {
        var fresh = new DtlsTransport(DtlsPair.ClientCertificate, DtlsRole.Client, DtlsPair.ServerCertificate.Fingerprint);
        fresh.Dispose();
        fresh.Start(DtlsPair.Now);
        Assert.Equal(DtlsState.Closed, fresh.State);

        var pair = DtlsPair.Connected();
        pair.Dispose();
        pair.Dispose();
        Assert.Empty(DtlsPair.Drain(pair.Client));
        Assert.False(pair.Client.TryWriteApplicationData([1]));
        Assert.False(pair.Client.HandleDatagram(DtlsPair.Now, new byte[100]));
        pair.Client.HandleTimeout(Timestamp.FromMilliseconds(1000));
        Assert.Equal(DtlsState.Closed, pair.Client.State);
    }

    [Fact]
    public void HandleDatagram_NotDtls_IsDropped()
    {
        using var pair = new DtlsPair();
        pair.Start();
        Assert.False(pair.Server.HandleDatagram(DtlsPair.Now, []));
        Assert.False(pair.Server.HandleDatagram(DtlsPair.Now, new byte[100]));
        Assert.False(pair.Server.HandleDatagram(DtlsPair.Now, [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
    }

    [Fact]
    public void HandleDatagram_FlightsCutAtEveryLength_NeverThrowAndHandshakeStillEnds()
    {
        using var pair = new DtlsPair();
        pair.Start();
        var hello = Assert.Single(DtlsPair.Drain(pair.Client));
        for (var length = 0; length < hello.Length; length++)
        {
            pair.Server.HandleDatagram(DtlsPair.Now, hello.AsSpan(0, length));
        }

        Assert.Equal(DtlsState.Handshaking, pair.Server.State);
        DtlsPair.Deliver(pair.Server, [hello]);
        pair.Exchange(flight => flight);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void HandleDatagram_RandomBytesInRecords_NeverThrow()
    {
        var random = new Random(20200616);
        for (var i = 0; i < 500; i++)
        {
            using var server = new DtlsTransport(
                DtlsPair.ServerCertificate, DtlsRole.Server, DtlsPair.ClientCertificate.Fingerprint);
            for (var j = 0; j < 4; j++)
            {
                var datagram = new byte[random.Next(13, 300)];
                random.NextBytes(datagram);
                datagram[0] = (byte)random.Next(20, 26);
                datagram[1] = 254;
                datagram[2] = 253;
                datagram.AsSpan(3, 8).Clear();
                BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(11), (ushort)(datagram.Length - 13));
                server.HandleDatagram(DtlsPair.Now, datagram);
            }

            Assert.NotEqual(DtlsState.Connected, server.State);
            DtlsPair.Drain(server);
        }
    }

    [Fact]
    public void HandleDatagram_ManyEncryptedRecordsBeforeTheHandshake_AreBounded()
    {
        using var server = new DtlsTransport(
            DtlsPair.ServerCertificate, DtlsRole.Server, DtlsPair.ClientCertificate.Fingerprint);
        byte[] early = [23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0];

        var taken = Enumerable.Range(0, 100).Count(_ => server.HandleDatagram(DtlsPair.Now, early));

        Assert.Equal(16, taken);
    }
}
