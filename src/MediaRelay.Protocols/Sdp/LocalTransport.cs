namespace MediaRelay.Protocols.Sdp;

/// <summary>Our side of a session's one transport.</summary>
/// <param name="IceUfrag">At least 4 characters, random; it also makes the origin's session id.</param>
/// <param name="IcePwd">At least 22 characters, random and secret.</param>
/// <param name="FingerprintAlgorithm">As in <c>a=fingerprint</c>: <c>sha-256</c>.</param>
/// <param name="FingerprintValue">Upper-case hex bytes separated by colons.</param>
/// <param name="Candidates">UDP addresses, most preferred first; a client of an ICE-lite server may give none.</param>
public sealed record LocalTransport(
    string IceUfrag,
    string IcePwd,
    string FingerprintAlgorithm,
    string FingerprintValue,
    IReadOnlyList<(string Address, int Port)> Candidates)
{
    private const int DiscardPort = 9;

    /// <summary>
    /// The origin's session id: 63 bits (RFC 9429 §5.2.1) made from the random ufrag by FNV-1a, so that a description needs no second
    /// source of randomness.
    /// </summary>
    internal ulong SessionId
    {
        get
        {
            var hash = 14695981039346656037UL;
            foreach (var character in IceUfrag)
            {
                hash = (hash ^ character) * 1099511628211UL;
            }

            return hash >> 1;
        }
    }

    internal IEnumerable<Candidate> HostCandidates() =>
        Candidates.Select((candidate, index) => Candidate.Host(index, candidate.Address, candidate.Port));

    /// <summary>
    /// Writes credentials, fingerprint, role and default destination into a section. The default is the first candidate
    /// (RFC 8839 §4.2), the same in every bundled section (RFC 9143 §7.3); without candidates it is port 9, as JSEP has it.
    /// </summary>
    internal void ApplyTo(MediaSection section, DtlsSetup setup)
    {
        section.Transport.IceUfrag = IceUfrag;
        section.Transport.IcePwd = IcePwd;
        section.Transport.Fingerprints.Add(new FingerprintAttribute(FingerprintAlgorithm, FingerprintValue));
        section.Transport.Setup = setup;
        (section.ConnectionAddress, section.Port) = Candidates.Count > 0 ? Candidates[0] : (null, DiscardPort);
    }

    /// <summary>Writes the candidates, which only one section of a BUNDLE carries (RFC 9143 §7.3).</summary>
    internal void AddCandidatesTo(MediaSection section)
    {
        section.Candidates.AddRange(HostCandidates());
        section.EndOfCandidates = section.Candidates.Count > 0;
    }
}
