using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP (RFC 7714 §8) and SRTCP (§9).</summary>
internal sealed class AesGcmTransform : SrtpTransform
{
    private const int GcmTagLength = GcmCipher.TagLength;
    private const int RtcpAssociatedLength = RtcpHeaderLength + RtcpIndexLength;

    private readonly GcmCipher _rtp;
    private readonly GcmCipher _rtcp;
    private readonly GcmNonce _rtpSalt;
    private readonly GcmNonce _rtcpSalt;

    /// <summary>From session keys: 16 bytes each, salts 12.</summary>
    public AesGcmTransform(
        ReadOnlySpan<byte> rtpKey,
        ReadOnlySpan<byte> rtpSalt,
        ReadOnlySpan<byte> rtcpKey,
        ReadOnlySpan<byte> rtcpSalt,
        GcmImplementation implementation)
    {
        _rtp = GcmCipher.Create(rtpKey, implementation);
        _rtcp = GcmCipher.Create(rtcpKey, implementation);
        _rtpSalt = GcmNonce.Read(rtpSalt);
        _rtcpSalt = GcmNonce.Read(rtcpSalt);
    }

    public static AesGcmTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> rtpKey = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> rtcpKey = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> rtpSalt = stackalloc byte[GcmNonce.Length];
        Span<byte> rtcpSalt = stackalloc byte[GcmNonce.Length];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption, rtpKey);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, rtpSalt);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption, rtcpKey);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, rtcpSalt);

        var transform = new AesGcmTransform(rtpKey, rtpSalt, rtcpKey, rtcpSalt, GcmCipher.Best);
        CryptographicOperations.ZeroMemory(rtpKey);
        CryptographicOperations.ZeroMemory(rtcpKey);
        return transform;
    }

    public override int TagLength => GcmTagLength;

    public override (nint Address, int Lines) RtpKeys => _rtp.Keys;

    public override int ProtectRtp(
        uint ssrc, long index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        header.CopyTo(destination);
        _rtp.Seal(MakeRtpNonce(ssrc, index), header, payload, destination[header.Length..]);
        return header.Length + payload.Length + GcmTagLength;
    }

    public override bool TryUnprotectRtp(uint ssrc, long index, Span<byte> packet, int headerLength)
    {
        var payload = packet[headerLength..];
        return _rtp.TryOpen(MakeRtpNonce(ssrc, index), packet[..headerLength], payload, payload);
    }

    public override int ProtectRtcp(uint ssrc, uint index, Span<byte> packet, int length)
    {
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteRtcpAssociated(associated, packet, index);
        _rtcp.Seal(
            MakeRtcpNonce(ssrc, index), associated, packet[RtcpHeaderLength..length], packet[RtcpHeaderLength..]);
        associated[RtcpHeaderLength..].CopyTo(packet[(length + GcmTagLength)..]);
        return length + RtcpOverhead;
    }

    public override bool TryUnprotectRtcp(uint ssrc, uint index, Span<byte> packet)
    {
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteRtcpAssociated(associated, packet, index);
        var payload = packet[RtcpHeaderLength..^RtcpIndexLength];
        return _rtcp.TryOpen(MakeRtcpNonce(ssrc, index), associated, payload, payload);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    // RFC 7714 §8.1: 00 00 | SSRC | ROC | SEQ, xor salt. ROC and SEQ together are the 48-bit index.
    private GcmNonce MakeRtpNonce(uint ssrc, long index) =>
        new GcmNonce(((ulong)ssrc << 16) | (ushort)(index >> 32), (uint)index) ^ _rtpSalt;

    // RFC 7714 §9.1: 00 00 | SSRC | 00 00 | 0 and the 31-bit index, xor salt.
    private GcmNonce MakeRtcpNonce(uint ssrc, uint index) => new GcmNonce((ulong)ssrc << 16, index) ^ _rtcpSalt;

    // RFC 7714 §9.2: the first 8 bytes, then the E flag and index as they stand at the packet's end.
    private static void WriteRtcpAssociated(Span<byte> associated, ReadOnlySpan<byte> packet, uint index)
    {
        packet[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], index | RtcpEncryptedFlag);
    }
}
