namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// What one side says about its ICE and DTLS. The attributes may stand at session level, in a media section, or in both; the media
/// section's win (RFC 8839 §5.4, RFC 8122 §5).
/// </summary>
public sealed class TransportAttributes
{
    /// <summary>4 to 256 characters (RFC 8839 §5.4), or null when absent.</summary>
    public string? IceUfrag { get; set; }

    /// <summary>22 to 256 characters (RFC 8839 §5.4), or null when absent.</summary>
    public string? IcePwd { get; set; }

    public List<string> IceOptions { get; } = [];

    public List<FingerprintAttribute> Fingerprints { get; } = [];

    public DtlsSetup? Setup { get; set; }

    public bool HasCredentials => IceUfrag is not null && IcePwd is not null;
}
