namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// Encryption and authentication of one profile with one direction's session keys (RFC 3711 §4). It knows neither rollover nor replay:
/// the index comes in. Lengths have been checked by the caller. Nothing is allocated per packet.
/// </summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>Bytes of the E flag and the index that end an SRTCP packet's payload (RFC 3711 §3.4).</summary>
    public const int RtcpIndexLength = 4;

    /// <summary>The fixed header and first SSRC, which SRTCP leaves in the clear (RFC 3711 §3.4).</summary>
    public const int RtcpHeaderLength = 8;

    protected const uint RtcpEncryptedFlag = 0x8000_0000;

    /// <summary>Bytes added to an RTP packet.</summary>
    public abstract int TagLength { get; }

    /// <summary>Bytes added to an RTCP packet.</summary>
    public int RtcpOverhead => TagLength + RtcpIndexLength;

    public static SrtpTransform Create(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt) =>
        profile == SrtpProfile.AeadAes128Gcm
            ? AesGcmTransform.Derive(masterKey, masterSalt)
            : new AesCmTransform(masterKey, masterSalt);

    /// <summary>Where the keys for RTP lie and in how many cache lines, to be fetched ahead; (0, 0) when that is not known.</summary>
    public virtual (nint Address, int Lines) RtpKeys => default;

    /// <summary>Writes header, encrypted payload and tag; returns their length.</summary>
    public abstract int ProtectRtp(
        uint ssrc, long index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination);

    /// <summary>Decrypts behind the header in place; false when the tag is wrong, and the payload is then undefined.</summary>
    public abstract bool TryUnprotectRtp(uint ssrc, long index, Span<byte> packet, int headerLength);

    /// <summary>Encrypts in place and appends tag and index; returns the new length.</summary>
    public abstract int ProtectRtcp(uint ssrc, uint index, Span<byte> packet, int length);

    /// <summary>Decrypts in place; false when the tag is wrong, and the payload is then undefined.</summary>
    public abstract bool TryUnprotectRtcp(uint ssrc, uint index, Span<byte> packet);

    public abstract void Dispose();
}
