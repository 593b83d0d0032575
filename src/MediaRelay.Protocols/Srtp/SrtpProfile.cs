namespace MediaRelay.Protocols.Srtp;

/// <summary>Protection profiles by the numbers that use_srtp negotiates (RFC 5764 §4.1.2, RFC 7714 §14.2).</summary>
public enum SrtpProfile
{
    /// <summary>SRTP_AES128_CM_HMAC_SHA1_80: counter mode and a tag of 10 bytes; what every WebRTC peer has.</summary>
    Aes128CmSha1_80 = 0x0001,

    /// <summary>SRTP_AEAD_AES_128_GCM: one pass and a tag of 16 bytes; preferred.</summary>
    AeadAes128Gcm = 0x0007,
}
