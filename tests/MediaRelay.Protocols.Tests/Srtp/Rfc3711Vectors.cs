namespace MediaRelay.Protocols.Tests.Srtp;

/// <summary>Test vectors of RFC 3711 appendix B, hex as printed.</summary>
internal static class Rfc3711Vectors
{
    // B.2: SSRC and index are 0.
    public static readonly byte[] SessionKey = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
    public static readonly byte[] SessionSalt = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD");

    public static readonly byte[] FirstKeystream = Convert.FromHexString(
        "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0");

    /// <summary>Counters 0xFEFF to 0xFF01.</summary>
    public static readonly byte[] LastKeystream = Convert.FromHexString(
        "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44");

    // B.3
    public static readonly byte[] MasterKey = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
    public static readonly byte[] MasterSalt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");
    public static readonly byte[] CipherKey = Convert.FromHexString("C61E7A93744F39EE10734AFE3FF7A087");
    public static readonly byte[] CipherSalt = Convert.FromHexString("30CBBC08863D8C85D49DB34A9AE1");

    /// <summary>The first 64 of the 94 bytes that are printed.</summary>
    public static readonly byte[] AuthenticationKey = Convert.FromHexString(
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE"
        + "E049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC25");
}
