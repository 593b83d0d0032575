using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;

namespace MediaRelay.Protocols.Tests.Srtp;

[Collection(AllocationCollection.Name)]
public sealed class SrtpContextTests
{
    private const uint Ssrc = 0x1234_5678;

    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.Aes128CmSha1_80, SrtpProfile.AeadAes128Gcm];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectRtp_HeaderWithCsrcAndExtension_OnlyPayloadIsEncrypted(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        byte[] header = [.. CreateHeader(7), 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0];
        header[0] |= 0x11;
        var payload = CreatePayload(1100);
        var packet = new byte[header.Length + payload.Length + SrtpContext.MaxOverhead];

        var length = pair.Outbound.ProtectRtp(header, payload, packet);

        Assert.Equal(header, packet[..header.Length]);
        Assert.False(packet.AsSpan(header.Length, payload.Length).SequenceEqual(payload));
        Assert.True(pair.Inbound.TryUnprotectRtp(packet.AsSpan(0, length), out var plainLength, out _));
        Assert.Equal([.. header, .. payload], packet[..plainLength]);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectRtp_PayloadAlreadyInPlace_GivesTheSameBytes(SrtpProfile profile)
    {
        using var apart = new ContextPair(profile);
        using var inPlace = new ContextPair(profile);
        var header = CreateHeader(7);
        var payload = CreatePayload(333);
        var expected = new byte[400];
        var length = apart.Outbound.ProtectRtp(header, payload, expected);
        var packet = new byte[400];
        payload.CopyTo(packet, 12);

        Assert.Equal(length, inPlace.Outbound.ProtectRtp(header, packet.AsSpan(12, payload.Length), packet));
        Assert.Equal(expected, packet);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rtp_SequenceWrapsWithLossAndReordering_EveryPacketThatArrivesDecrypts(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var random = new Random(65535);
        var packets = new List<byte[]>();
        for (var i = 0; i < 70_000 * 3; i += 37)
        {
            packets.Add(pair.Protect((ushort)(60_000 + i)));
        }

        for (var start = 0; start + 8 < packets.Count; start += 8)
        {
            var window = packets.GetRange(start, 8).ToArray();
            random.Shuffle(window);
            foreach (var packet in window.Skip(1))
            {
                Assert.True(pair.Inbound.TryUnprotectRtp(packet.ToArray(), out _, out var reason), $"{reason} at {start}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectRtp_OldNumberAgainAfterWrap_UsesTheOldRolloverCounter(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var first = pair.Protect(65_530);
        pair.Protect(65_535);
        pair.Protect(3);

        var again = pair.Protect(65_530);

        Assert.Equal(first, again);
        Assert.NotEqual(pair.Protect(3), first);
    }

    [Fact]
    public void ProtectRtp_NumberBeforeTheFirstRollover_ReturnsZero()
    {
        using var pair = new ContextPair(SrtpProfile.AeadAes128Gcm);
        pair.Protect(2);
        Assert.Equal(0, pair.Outbound.ProtectRtp(CreateHeader(65_000), [1], new byte[64]));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryUnprotectRtp_SameTwice_IsReplayed(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var packet = pair.Protect(100);
        Assert.True(pair.Inbound.TryUnprotectRtp(packet.ToArray(), out _, out _));
        Assert.False(pair.Inbound.TryUnprotectRtp(packet.ToArray(), out _, out var reason));
        Assert.Equal(DropReason.SrtpReplayed, reason);
    }

    [Fact]
    public void TryUnprotectRtp_OlderThanTheWindow_IsReplayed()
    {
        using var pair = new ContextPair(SrtpProfile.AeadAes128Gcm);
        var old = pair.Protect(1);
        var justInside = pair.Protect(2);
        Assert.True(pair.Inbound.TryUnprotectRtp(pair.Protect(1025), out _, out _));

        Assert.False(pair.Inbound.TryUnprotectRtp(old, out _, out var reason));
        Assert.Equal(DropReason.SrtpReplayed, reason);
        Assert.True(pair.Inbound.TryUnprotectRtp(justInside, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryUnprotectRtp_Forged_FailsAndLeavesTheStateAlone(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        Assert.True(pair.Inbound.TryUnprotectRtp(pair.Protect(10), out _, out _));

        // A forged number far ahead would move the rollover counter and the window if it were believed.
        var forged = pair.Protect(30_000);
        forged[^1] ^= 1;
        Assert.False(pair.Inbound.TryUnprotectRtp(forged, out _, out var reason));
        Assert.Equal(DropReason.SrtpAuthFailed, reason);

        Assert.True(pair.Inbound.TryUnprotectRtp(pair.Protect(11), out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryUnprotectRtp_AnyByteAltered_Fails(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var packet = pair.Protect(10);
        for (var i = 0; i < packet.Length; i++)
        {
            var altered = packet.ToArray();
            altered[i] ^= 0x40;
            Assert.False(pair.Inbound.TryUnprotectRtp(altered, out _, out _), $"byte {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryUnprotect_CutAtEveryLength_ReturnsFalse(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var rtp = pair.Protect(10);
        for (var length = 0; length < rtp.Length; length++)
        {
            Assert.False(pair.Inbound.TryUnprotectRtp(rtp.AsSpan(0, length).ToArray(), out _, out _));
        }

        var rtcp = pair.ProtectReport(Ssrc);
        for (var length = 0; length < rtcp.Length; length++)
        {
            Assert.False(pair.Inbound.TryUnprotectRtcp(rtcp.AsSpan(0, length).ToArray(), out _, out _));
        }

        Assert.True(pair.Inbound.TryUnprotectRtp(rtp, out _, out _));
        Assert.True(pair.Inbound.TryUnprotectRtcp(rtcp, out _, out _));
    }

    [Fact]
    public void TryUnprotectRtp_ExtensionPastTheEnd_IsMalformed()
    {
        using var pair = new ContextPair(SrtpProfile.AeadAes128Gcm);
        byte[] packet = [.. CreateHeader(1), 0xBE, 0xDE, 0xFF, 0xFF, .. new byte[40]];
        packet[0] |= 0x10;
        Assert.False(pair.Inbound.TryUnprotectRtp(packet, out _, out var reason));
        Assert.Equal(DropReason.SrtpMalformed, reason);
    }

    [Fact]
    public void TryUnprotectRtp_MoreSourcesThanTheTableHolds_AreDropped()
    {
        using var inbound = CreateContext(SrtpProfile.AeadAes128Gcm);
        for (var ssrc = 1u; ssrc <= 65; ssrc++)
        {
            using var outbound = CreateContext(SrtpProfile.AeadAes128Gcm);
            var packet = new byte[64];
            var length = outbound.ProtectRtp(CreateHeader(1, ssrc), [1, 2], packet);
            Assert.Equal(ssrc <= 64, inbound.TryUnprotectRtp(packet.AsSpan(0, length), out _, out var reason));
            Assert.Equal(ssrc <= 64 ? DropReason.SrtpMalformed : DropReason.SrtpTooManySources, reason);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rtcp_SeveralSources_DecryptOnceEach(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        foreach (var ssrc in new[] { 1u, 2u, 1u })
        {
            var packet = pair.ProtectReport(ssrc);
            Assert.True(pair.Inbound.TryUnprotectRtcp(packet.ToArray(), out var length, out _));
            Assert.Equal(28, length);
            Assert.False(pair.Inbound.TryUnprotectRtcp(packet.ToArray(), out _, out var reason));
            Assert.Equal(DropReason.SrtpReplayed, reason);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryUnprotectRtcp_NotEncryptedOrForged_IsDropped(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var packet = pair.ProtectReport(Ssrc);
        var indexOffset = profile == SrtpProfile.AeadAes128Gcm ? packet.Length - 4 : packet.Length - 14;
        var plain = packet.ToArray();
        plain[indexOffset] &= 0x7F;
        Assert.False(pair.Inbound.TryUnprotectRtcp(plain, out _, out var reason));
        Assert.Equal(DropReason.SrtpMalformed, reason);

        for (var i = 1; i < packet.Length; i++)
        {
            var altered = packet.ToArray();
            altered[i] ^= 1;
            Assert.False(pair.Inbound.TryUnprotectRtcp(altered, out _, out reason), $"byte {i}");
        }

        Assert.True(pair.Inbound.TryUnprotectRtcp(packet, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectAndUnprotect_AfterTheFirstPackets_AllocateNothing(SrtpProfile profile)
    {
        using var pair = new ContextPair(profile);
        var header = CreateHeader(0);
        var payload = CreatePayload(1100);
        var packet = new byte[1300];
        var report = new byte[64];
        ushort sequenceNumber = 0;
        for (var i = 0; i < 100; i++)
        {
            Round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var succeeded = 0;
        for (var i = 0; i < 10_000; i++)
        {
            succeeded += Round() ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, succeeded);

        bool Round()
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), sequenceNumber++);
            var length = pair.Outbound.ProtectRtp(header, payload, packet);
            WriteReport(report, Ssrc);
            var reportLength = pair.Outbound.ProtectRtcp(report, 28);
            return pair.Inbound.TryUnprotectRtp(packet.AsSpan(0, length), out _, out _)
                && pair.Inbound.TryUnprotectRtcp(report.AsSpan(0, reportLength), out _, out _);
        }
    }

    [Fact]
    public void Keys_FromMaterial_AreCutAsRfc5764Says()
    {
        var material = Enumerable.Range(0, 60).Select(i => (byte)i).ToArray();
        using var keys = new SrtpKeys(SrtpProfile.Aes128CmSha1_80, material);
        Assert.Equal(material[..16], keys.ClientKey.ToArray());
        Assert.Equal(material[16..32], keys.ServerKey.ToArray());
        Assert.Equal(material[32..46], keys.ClientSalt.ToArray());
        Assert.Equal(material[46..], keys.ServerSalt.ToArray());
        Assert.Equal(56, SrtpKeys.GetMaterialLength(SrtpProfile.AeadAes128Gcm));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SrtpKeys(SrtpProfile.AeadAes128Gcm, material));
    }

    private static SrtpContext CreateContext(SrtpProfile profile) =>
        new(profile, new byte[16], new byte[SrtpKeys.GetSaltLength(profile)]);

    private static byte[] CreateHeader(ushort sequenceNumber, uint ssrc = Ssrc)
    {
        var header = new byte[12];
        header[0] = 0x80;
        header[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), ssrc);
        return header;
    }

    private static byte[] CreatePayload(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static void WriteReport(byte[] packet, uint ssrc)
    {
        packet.AsSpan(0, 28).Clear();
        packet[0] = 0x80;
        packet[1] = 200;
        packet[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
    }

    /// <summary>The two ends of one direction.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void SenderOf_InTurnWithProtectRtp_CountsTheSameRollovers(SrtpProfile profile)
    {
        using var one = new ContextPair(profile);
        using var both = new ContextPair(profile);
        var sender = both.Outbound.SenderOf(new Ssrc(Ssrc));
        var packet = new byte[64];
        for (var i = 65_000; i < 67_000; i++)
        {
            var length = i % 3 == 0
                ? both.Outbound.ProtectRtp(CreateHeader((ushort)i), [1, 2, 3, 4], packet)
                : sender.Protect(CreateHeader((ushort)i), [1, 2, 3, 4], packet);

            Assert.Equal(one.Protect((ushort)i), packet[..length]);
        }
    }

    [Fact]
    public void SenderOf_NumberBeforeTheFirstRollover_WritesNothing()
    {
        using var pair = new ContextPair(SrtpProfile.AeadAes128Gcm);
        var sender = pair.Outbound.SenderOf(new Ssrc(Ssrc));
        var packet = new byte[64];
        Assert.NotEqual(0, sender.Protect(CreateHeader(5), [1], packet));

        Assert.Equal(0, sender.Protect(CreateHeader(65_000), [1], packet));
    }

    [Fact]
    public void SenderOf_MoreSsrcsThanASessionHas_Throws()
    {
        using var pair = new ContextPair(SrtpProfile.AeadAes128Gcm);
        for (var i = 0u; i < 64; i++)
        {
            pair.Outbound.SenderOf(new Ssrc(i));
        }

        pair.Outbound.SenderOf(new Ssrc(63));
        Assert.Throws<InvalidOperationException>(() => pair.Outbound.SenderOf(new Ssrc(64)));
    }

    private sealed class ContextPair : IDisposable
    {
        private static readonly byte[] Material = [.. Enumerable.Range(1, 60).Select(i => (byte)i)];

        public ContextPair(SrtpProfile profile)
        {
            using var keys = new SrtpKeys(profile, Material.AsSpan(0, SrtpKeys.GetMaterialLength(profile)));
            Outbound = keys.CreateOutbound(DtlsRole.Server);
            Inbound = keys.CreateInbound(DtlsRole.Client);
        }

        public SrtpContext Outbound { get; }

        public SrtpContext Inbound { get; }

        public byte[] Protect(ushort sequenceNumber)
        {
            var packet = new byte[64];
            var length = Outbound.ProtectRtp(CreateHeader(sequenceNumber), [1, 2, 3, 4], packet);
            return packet[..length];
        }

        public byte[] ProtectReport(uint ssrc)
        {
            var packet = new byte[28 + SrtpContext.MaxRtcpOverhead];
            WriteReport(packet, ssrc);
            return packet[..Outbound.ProtectRtcp(packet, 28)];
        }

        public void Dispose()
        {
            Outbound.Dispose();
            Inbound.Dispose();
        }
    }
}
