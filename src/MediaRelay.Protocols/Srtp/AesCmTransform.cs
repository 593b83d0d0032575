using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Srtp;

/// <summary>AES_128_CM_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 §4.1.1, §4.2.1; RFC 5764 §4.1.2).</summary>
[SuppressMessage("Security", "CA5350", Justification = "RFC 3711 §4.2.1 lays down HMAC-SHA1")]
internal sealed class AesCmTransform : SrtpTransform
{
    private const int CmTagLength = 10;
    private const int AuthenticationKeyLength = 20;
    private const int SaltLength = 14;

    private readonly AesCounterMode _rtp;
    private readonly AesCounterMode _rtcp;
    private readonly IncrementalHash _rtpHash;
    private readonly IncrementalHash _rtcpHash;

    public AesCmTransform(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> key = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> salt = stackalloc byte[SaltLength];
        Span<byte> authenticationKey = stackalloc byte[AuthenticationKeyLength];

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, salt);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpAuthentication, authenticationKey);
        _rtp = new AesCounterMode(key, salt);
        _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, salt);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpAuthentication, authenticationKey);
        _rtcp = new AesCounterMode(key, salt);
        _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);

        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(authenticationKey);
    }

    public override int TagLength => CmTagLength;

    public override int ProtectRtp(
        uint ssrc, long index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        header.CopyTo(destination);
        var end = header.Length + payload.Length;
        _rtp.Transform(ssrc, index, payload, destination[header.Length..end]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        ComputeRtpHash(destination[..(end + CmTagLength)], index, hash);
        hash[..CmTagLength].CopyTo(destination[end..]);
        return end + CmTagLength;
    }

    public override bool TryUnprotectRtp(uint ssrc, long index, Span<byte> packet, int headerLength)
    {
        Span<byte> tag = stackalloc byte[CmTagLength];
        packet[^CmTagLength..].CopyTo(tag);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        ComputeRtpHash(packet, index, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..CmTagLength], tag))
        {
            return false;
        }

        var payload = packet[headerLength..^CmTagLength];
        _rtp.Transform(ssrc, index, payload, payload);
        return true;
    }

    public override int ProtectRtcp(uint ssrc, uint index, Span<byte> packet, int length)
    {
        var payload = packet[RtcpHeaderLength..length];
        _rtcp.Transform(ssrc, index, payload, payload);
        BinaryPrimitives.WriteUInt32BigEndian(packet[length..], index | RtcpEncryptedFlag);
        var end = length + RtcpIndexLength;
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        ComputeRtcpHash(packet[..end], hash);
        hash[..CmTagLength].CopyTo(packet[end..]);
        return end + CmTagLength;
    }

    public override bool TryUnprotectRtcp(uint ssrc, uint index, Span<byte> packet)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        ComputeRtcpHash(packet[..^CmTagLength], hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..CmTagLength], packet[^CmTagLength..]))
        {
            return false;
        }

        var payload = packet[RtcpHeaderLength..^RtcpOverhead];
        _rtcp.Transform(ssrc, index, payload, payload);
        return true;
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
    }

    // RFC 3711 §4.2: the packet, then the rollover counter, which is not sent. It lies for a moment where the tag goes, so that one call
    // hashes both: each call costs as much as the hash of a hundred bytes.
    private void ComputeRtpHash(Span<byte> packetWithTag, long index, Span<byte> hash)
    {
        var rolloverCounter = packetWithTag[^CmTagLength..];
        BinaryPrimitives.WriteUInt32BigEndian(rolloverCounter, (uint)(index >> 16));
        _rtpHash.AppendData(packetWithTag[..^(CmTagLength - sizeof(uint))]);
        _rtpHash.GetHashAndReset(hash);
    }

    private void ComputeRtcpHash(ReadOnlySpan<byte> packet, Span<byte> hash)
    {
        _rtcpHash.AppendData(packet);
        _rtcpHash.GetHashAndReset(hash);
    }
}
