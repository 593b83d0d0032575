using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>The other side of a session's one transport, complete and checked.</summary>
internal sealed record RemoteTransport(
    string IceUfrag,
    string IcePwd,
    IReadOnlyList<FingerprintAttribute> Fingerprints,
    DtlsSetup? Setup,
    IReadOnlyList<Candidate> Candidates)
{
    public static bool TryRead(
        SessionDescription sdp,
        MediaSection section,
        [NotNullWhen(true)] out RemoteTransport? remote,
        [NotNullWhen(false)] out AnswerError? error)
    {
        remote = null;
        if (sdp.CredentialsOf(section) is not { } credentials)
        {
            error = AnswerError.Malformed("a=ice-ufrag and a=ice-pwd are missing; both are needed (RFC 8839 §5.4)");
            return false;
        }

        var fingerprints = sdp.FingerprintsOf(section);
        if (fingerprints.Count == 0)
        {
            error = AnswerError.Malformed("a=fingerprint is missing; the DTLS certificate must be announced (RFC 8122 §5)");
            return false;
        }

        var strong = fingerprints.Where(fingerprint => fingerprint.IsStrong).ToList();
        if (strong.Count == 0)
        {
            error = AnswerError.NotAcceptable(
                $"a=fingerprint with {SdpText.Quote(fingerprints[0].Algorithm)}; allowed are sha-256, sha-384 and sha-512");
            return false;
        }

        error = null;
        remote = new RemoteTransport(credentials.Ufrag, credentials.Pwd, strong, sdp.SetupOf(section), section.Candidates);
        return true;
    }
}
