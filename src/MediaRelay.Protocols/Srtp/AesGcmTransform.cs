using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MediaRelay.Protocols.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP (RFC 7714 §8) and SRTCP (§9).</summary>
internal sealed class AesGcmTransform : SrtpTransform
{
    private const int GcmTagLength = 16;
    private const int NonceLength = 12;
    private const int RtcpAssociatedLength = RtcpHeaderLength + RtcpIndexLength;

    private readonly AesGcm _rtp;
    private readonly AesGcm _rtcp;
    private readonly byte[] _rtpSalt = new byte[NonceLength];
    private readonly byte[] _rtcpSalt = new byte[NonceLength];

    /// <summary>From session keys: 16 bytes each, salts 12.</summary>
    public AesGcmTransform(
        ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt)
    {
        _rtp = new AesGcm(rtpKey, GcmTagLength);
        _rtcp = new AesGcm(rtcpKey, GcmTagLength);
        rtpSalt.CopyTo(_rtpSalt);
        rtcpSalt.CopyTo(_rtcpSalt);
    }

    public static AesGcmTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> rtpKey = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> rtcpKey = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> rtpSalt = stackalloc byte[NonceLength];
        Span<byte> rtcpSalt = stackalloc byte[NonceLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption, rtpKey);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, rtpSalt);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption, rtcpKey);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, rtcpSalt);

        var transform = new AesGcmTransform(rtpKey, rtpSalt, rtcpKey, rtcpSalt);
        CryptographicOperations.ZeroMemory(rtpKey);
        CryptographicOperations.ZeroMemory(rtcpKey);
        return transform;
    }

    public override int TagLength => GcmTagLength;

    public override int ProtectRtp(
        uint ssrc, long index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        header.CopyTo(destination);
        var end = header.Length + payload.Length;
        _rtp.Encrypt(nonce, payload, destination[header.Length..end], destination.Slice(end, GcmTagLength), header);
        return end + GcmTagLength;
    }

    public override bool TryUnprotectRtp(uint ssrc, long index, Span<byte> packet, int headerLength)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        return TryDecrypt(_rtp, nonce, packet[headerLength..^GcmTagLength], packet[^GcmTagLength..], packet[..headerLength]);
    }

    public override int ProtectRtcp(uint ssrc, uint index, Span<byte> packet, int length)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteRtcpAssociated(associated, packet, index);

        var payload = packet[RtcpHeaderLength..length];
        _rtcp.Encrypt(nonce, payload, payload, packet.Slice(length, GcmTagLength), associated);
        associated[RtcpHeaderLength..].CopyTo(packet[(length + GcmTagLength)..]);
        return length + RtcpOverhead;
    }

    public override bool TryUnprotectRtcp(uint ssrc, uint index, Span<byte> packet)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteRtcpAssociated(associated, packet, index);

        var end = packet.Length - RtcpOverhead;
        return TryDecrypt(
            _rtcp, nonce, packet[RtcpHeaderLength..end], packet.Slice(end, GcmTagLength), associated);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    // AesGcm has no form that reports a forged tag without throwing; the caller has made every free check before.
    private static bool TryDecrypt(
        AesGcm cipher, ReadOnlySpan<byte> nonce, Span<byte> payload, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        try
        {
            cipher.Decrypt(nonce, payload, tag, payload, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    // RFC 7714 §8.1: 00 00 | SSRC | ROC | SEQ, xor salt. ROC and SEQ together are the 48-bit index.
    private void WriteRtpNonce(Span<byte> nonce, uint ssrc, long index)
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], (ulong)index);
        BinaryPrimitives.WriteUInt16BigEndian(nonce, 0);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        XorSalt(nonce, _rtpSalt);
    }

    // RFC 7714 §9.1: 00 00 | SSRC | 00 00 | 0 and the 31-bit index, xor salt.
    private void WriteRtcpNonce(Span<byte> nonce, uint ssrc, uint index)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], index);
        XorSalt(nonce, _rtcpSalt);
    }

    // RFC 7714 §9.2: the first 8 bytes, then the E flag and index as they stand at the packet's end.
    private static void WriteRtcpAssociated(Span<byte> associated, ReadOnlySpan<byte> packet, uint index)
    {
        packet[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], index | RtcpEncryptedFlag);
    }

    private static void XorSalt(Span<byte> nonce, ReadOnlySpan<byte> salt)
    {
        for (var i = 0; i < NonceLength; i++)
        {
            nonce[i] ^= salt[i];
        }
    }
}
