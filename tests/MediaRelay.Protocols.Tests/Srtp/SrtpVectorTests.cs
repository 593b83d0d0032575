using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Srtp.Ciphers;
using MediaRelay.Protocols.Tests.Srtp.Ciphers;

namespace MediaRelay.Protocols.Tests.Srtp;

public sealed class SrtpVectorTests
{
    // libsrtp's srtp_driver: one packet, whole way from master keys to the wire.
    private const string PlainRtp = "800f1234decafbadcafebabeabababababababababababababababab";
    private const string PlainRtcp = "81c8000bcafebabeabababababababababababababababab";
    private const string CmMaster = "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6";
    private const string GcmMaster = "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab";

    public static TheoryData<string> Implementations => GcmCipherTests.Implementations;

    [Fact]
    public void CounterMode_Rfc3711B2_KeystreamMatches()
    {
        using var cipher = new AesCounterMode(Rfc3711Vectors.SessionKey, Rfc3711Vectors.SessionSalt);
        var keystream = new byte[0xFF02 * 16];

        cipher.Transform(ssrc: 0, index: 0, keystream, keystream);

        Assert.Equal(Rfc3711Vectors.FirstKeystream, keystream[..48]);
        Assert.Equal(Rfc3711Vectors.LastKeystream, keystream.AsSpan(0xFEFF * 16, 48).ToArray());
    }

    [Theory]
    [InlineData(SrtpKeyDerivation.RtpEncryption, nameof(Rfc3711Vectors.CipherKey))]
    [InlineData(SrtpKeyDerivation.RtpSalt, nameof(Rfc3711Vectors.CipherSalt))]
    [InlineData(SrtpKeyDerivation.RtpAuthentication, nameof(Rfc3711Vectors.AuthenticationKey))]
    public void KeyDerivation_Rfc3711B3_Matches(byte label, string expectedName)
    {
        var expected = expectedName switch
        {
            nameof(Rfc3711Vectors.CipherKey) => Rfc3711Vectors.CipherKey,
            nameof(Rfc3711Vectors.CipherSalt) => Rfc3711Vectors.CipherSalt,
            _ => Rfc3711Vectors.AuthenticationKey,
        };
        var derived = new byte[expected.Length];

        SrtpKeyDerivation.Derive(Rfc3711Vectors.MasterKey, Rfc3711Vectors.MasterSalt, label, derived);

        Assert.Equal(expected, derived);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Gcm_Rfc7714Srtp_BothDirectionsMatch(string implementation)
    {
        using var transform = CreateRfc7714Transform(implementation);
        var packet = new byte[128];
        var length = transform.ProtectRtp(0x5501a0b2, 0xf17b, Rfc7714Vectors.RtpHeader, Rfc7714Vectors.RtpPayload, packet);
        Assert.Equal(Rfc7714Vectors.SrtpPacket, packet[..length]);

        Assert.True(transform.TryUnprotectRtp(0x5501a0b2, 0xf17b, packet.AsSpan(0, length), headerLength: 12));
        Assert.Equal(Rfc7714Vectors.RtpPayload, packet[12..(length - 16)]);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Gcm_Rfc7714Srtcp_BothDirectionsMatch(string implementation)
    {
        using var transform = CreateRfc7714Transform(implementation);
        var packet = new byte[128];
        Rfc7714Vectors.RtcpPacket.CopyTo(packet, 0);
        var length = transform.ProtectRtcp(0x4d617273, 0x5d4, packet, Rfc7714Vectors.RtcpPacket.Length);
        Assert.Equal(Rfc7714Vectors.SrtcpPacket, packet[..length]);

        Assert.True(transform.TryUnprotectRtcp(0x4d617273, 0x5d4, packet.AsSpan(0, length)));
        Assert.Equal(Rfc7714Vectors.RtcpPacket, packet[..Rfc7714Vectors.RtcpPacket.Length]);
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1_80, CmMaster,
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb")]
    [InlineData(SrtpProfile.AeadAes128Gcm, GcmMaster,
        "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392")]
    public void Context_LibsrtpRtpPacket_BothDirectionsMatch(SrtpProfile profile, string master, string wire)
    {
        using var outbound = CreateContext(profile, master);
        using var inbound = CreateContext(profile, master);
        var plain = Convert.FromHexString(PlainRtp);
        var packet = new byte[plain.Length + SrtpContext.MaxOverhead];

        var length = outbound.ProtectRtp(plain.AsSpan(0, 12), plain.AsSpan(12), packet);
        Assert.Equal(wire, Convert.ToHexStringLower(packet.AsSpan(0, length)));
        Assert.Equal(plain.Length + outbound.Overhead, length);

        Assert.True(inbound.TryUnprotectRtp(packet.AsSpan(0, length), out var plainLength, out _));
        Assert.Equal(plain, packet[..plainLength]);
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1_80, CmMaster,
        "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798")]
    [InlineData(SrtpProfile.AeadAes128Gcm, GcmMaster,
        "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001")]
    public void Context_LibsrtpRtcpPacket_BothDirectionsMatch(SrtpProfile profile, string master, string wire)
    {
        using var outbound = CreateContext(profile, master);
        using var inbound = CreateContext(profile, master);
        var plain = Convert.FromHexString(PlainRtcp);
        var packet = new byte[plain.Length + SrtpContext.MaxRtcpOverhead];

        // libsrtp counts from 1, we from 0.
        plain.CopyTo(packet, 0);
        outbound.ProtectRtcp(packet, plain.Length);
        plain.CopyTo(packet, 0);
        var length = outbound.ProtectRtcp(packet, plain.Length);
        Assert.Equal(wire, Convert.ToHexStringLower(packet.AsSpan(0, length)));

        Assert.True(inbound.TryUnprotectRtcp(packet.AsSpan(0, length), out var plainLength, out DropReason _));
        Assert.Equal(plain, packet[..plainLength]);
    }

    private static AesGcmTransform CreateRfc7714Transform(string implementation) => new(
        Rfc7714Vectors.Key,
        Rfc7714Vectors.Salt,
        Rfc7714Vectors.Key,
        Rfc7714Vectors.Salt,
        Enum.Parse<GcmImplementation>(implementation));

    private static SrtpContext CreateContext(SrtpProfile profile, string master)
    {
        var bytes = Convert.FromHexString(master);
        return new SrtpContext(profile, bytes.AsSpan(0, 16), bytes.AsSpan(16));
    }
}
