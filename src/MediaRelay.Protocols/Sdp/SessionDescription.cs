using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>A session description (RFC 8866) with what WebRTC uses of it (RFC 9429); everything else is skipped when read.</summary>
public sealed class SessionDescription
{
    /// <summary>In characters; the largest real offers are about 20 KB.</summary>
    public const int LongestText = 64 * 1024;

    public const int MostLines = 2000;

    public const int MostSections = 64;

    public SessionOrigin Origin { get; set; } = SessionOrigin.Create(0);

    public bool IceLite { get; set; }

    public List<MediaGroup> Groups { get; } = [];

    /// <summary>Session-level ICE and DTLS attributes: the defaults of every section.</summary>
    public TransportAttributes Transport { get; } = new();

    /// <summary>One-byte and two-byte header extensions may alternate (RFC 8285 §6).</summary>
    public bool ExtensionMapAllowMixed { get; set; }

    /// <summary>The value of <c>a=msid-semantic</c>, such as <c>WMS *</c>, or null.</summary>
    public string? MsidSemantic { get; set; }

    public List<MediaSection> Media { get; } = [];

    /// <summary>The first BUNDLE group, or null. More than one is legal (RFC 9143 §7.2) but of no use to one transport.</summary>
    public MediaGroup? Bundle => Groups.Find(group => group.IsBundle);

    /// <summary>
    /// Reads a description with CRLF or LF line ends. Unknown lines and attributes are skipped; what is known must be well-formed.
    /// On failure <paramref name="error"/> names the line, its value and what is allowed. Takes at most <see cref="LongestText"/>
    /// characters, <see cref="MostLines"/> lines and <see cref="MostSections"/> sections.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SessionDescription? sdp, [NotNullWhen(false)] out string? error) =>
        SdpReader.TryRead(text, out sdp, out error);

    /// <summary>The credentials that hold for a section: its own, else the session's; null when there are none.</summary>
    public (string Ufrag, string Pwd)? CredentialsOf(MediaSection section)
    {
        var source = section.Transport.HasCredentials ? section.Transport : Transport;
        return source.HasCredentials ? (source.IceUfrag!, source.IcePwd!) : null;
    }

    public IReadOnlyList<FingerprintAttribute> FingerprintsOf(MediaSection section) =>
        section.Transport.Fingerprints.Count > 0 ? section.Transport.Fingerprints : Transport.Fingerprints;

    public DtlsSetup? SetupOf(MediaSection section) => section.Transport.Setup ?? Transport.Setup;

    /// <summary>The text with CRLF line ends (RFC 8866 §5).</summary>
    public override string ToString() => SdpWriter.Write(this);
}
