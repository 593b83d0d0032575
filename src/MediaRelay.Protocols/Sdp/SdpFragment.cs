using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// The body of a WHIP or WHEP PATCH (<c>application/trickle-ice-sdpfrag</c>, RFC 8840 §9): more candidates, or the credentials of an
/// ICE restart (RFC 9725 §4.3).
/// </summary>
public sealed class SdpFragment
{
    /// <summary>In characters. A fragment holds a handful of candidates.</summary>
    public const int LongestText = 16 * 1024;

    private const int MostLines = 256;
    private const string AnyMediaLine = "audio 9 UDP/TLS/RTP/SAVPF 0";

    public bool IceLite { get; set; }

    /// <summary>The credentials that the fragment is for: given once for all, else those of its first section that has some.</summary>
    public string? IceUfrag { get; set; }

    public string? IcePwd { get; set; }

    public List<SdpFragmentSection> Sections { get; } = [];

    /// <summary>True when any section ended its candidates; with BUNDLE there is only one transport that could have more.</summary>
    public bool EndOfCandidates => Sections.Exists(section => section.EndOfCandidates);

    /// <summary>The candidates of all sections, in order.</summary>
    public IEnumerable<Candidate> Candidates => Sections.SelectMany(section => section.Candidates);

    /// <summary>
    /// Reads a fragment. Candidates that do not parse are left out (RFC 9725 §4.3.2), unknown lines are skipped. Candidates may also come
    /// before any m-line; they then form a section without a mid. On failure <paramref name="error"/> names the line and what is allowed.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SdpFragment? fragment, [NotNullWhen(false)] out string? error)
    {
        fragment = null;
        if (text.Length > LongestText)
        {
            error = $"the fragment has {text.Length} characters; allowed are {LongestText}";
            return false;
        }

        var read = new SdpFragment();
        var lineNumber = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).TrimEnd('\r');
            if (++lineNumber > MostLines)
            {
                error = $"the fragment has more than {MostLines} lines";
                return false;
            }

            if (!line.IsWhiteSpace() && !read.TryReadLine(line, out var problem))
            {
                error = $"line {lineNumber}: {problem}";
                return false;
            }
        }

        return read.TryComplete(out fragment, out error);
    }

    /// <summary>
    /// What a server answers to an ICE restart: its new credentials, and its candidates for the section that carries the transport.
    /// </summary>
    /// <param name="answer">The answer that the session began with.</param>
    public static SdpFragment ForRestart(SessionDescription answer, LocalTransport transport)
    {
        var tagged = answer.Bundle is { Mids.Count: > 0 } bundle
            ? answer.Media.Find(section => section.Mid == bundle.Mids[0])
            : answer.Media.Find(section => section.Port != 0);
        var media = tagged is null ? AnyMediaLine : SdpWriter.MediaLine(tagged)["m=".Length..];
        var section = new SdpFragmentSection(media) { Mid = tagged?.Mid, EndOfCandidates = true };
        section.Candidates.AddRange(transport.HostCandidates());

        var fragment = new SdpFragment { IceLite = answer.IceLite, IceUfrag = transport.IceUfrag, IcePwd = transport.IcePwd };
        fragment.Sections.Add(section);
        return fragment;
    }

    /// <summary>The text with CRLF line ends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(512);
        text.Append(IceLite ? "a=ice-lite\r\n" : "");
        WriteCredentials(text, IceUfrag, IcePwd);
        foreach (var section in Sections)
        {
            text.Append("m=").Append(section.MediaLine).Append("\r\n");
            if (section.Mid is not null)
            {
                text.Append("a=mid:").Append(section.Mid).Append("\r\n");
            }

            if (section.IceUfrag != IceUfrag)
            {
                WriteCredentials(text, section.IceUfrag, section.IcePwd);
            }

            SdpWriter.WriteCandidates(text, section.Candidates, section.EndOfCandidates);
        }

        return text.ToString();
    }

    private static void WriteCredentials(StringBuilder text, string? ufrag, string? pwd)
    {
        if (ufrag is not null && pwd is not null)
        {
            text.Append("a=ice-ufrag:").Append(ufrag).Append("\r\na=ice-pwd:").Append(pwd).Append("\r\n");
        }
    }

    private bool TryReadLine(ReadOnlySpan<char> line, out string? problem)
    {
        problem = null;
        if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]) || line.Contains('\r'))
        {
            problem = $"{SdpText.Quote(line)}; allowed is one lower-case letter, '=' and a value";
            return false;
        }

        switch (line[0])
        {
            case 'm':
                return TryReadMediaLine(line[2..], out problem);
            case 'a':
                return TryReadAttribute(line[2..], out problem);
            default:
                return true;
        }
    }

    private bool TryReadMediaLine(ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        if (Sections.Count == SessionDescription.MostSections)
        {
            problem = $"more than {SessionDescription.MostSections} media sections";
            return false;
        }

        Sections.Add(new SdpFragmentSection(value.ToString()));
        return true;
    }

    private bool TryReadAttribute(ReadOnlySpan<char> content, out string? problem)
    {
        problem = null;
        var colon = content.IndexOf(':');
        var name = colon < 0 ? content : content[..colon];
        var value = colon < 0 ? [] : content[(colon + 1)..].Trim();
        switch (name)
        {
            case "ice-lite":
                IceLite = true;
                return true;

            case "mid" when SdpText.IsToken(value):
                CurrentSection().Mid = value.ToString();
                return true;

            case "mid":
                problem = $"a=mid:{SdpText.Quote(value)}; allowed is a token of up to {SdpText.LongestIdentifier} characters";
                return false;

            case "candidate":
                if (Candidate.TryParse(value, out var candidate))
                {
                    CurrentSection().Candidates.Add(candidate);
                }

                return true;

            case "end-of-candidates":
                CurrentSection().EndOfCandidates = true;
                return true;

            case "ice-ufrag" or "ice-pwd":
                return TryReadCredential(name, value, out problem);

            default:
                return true;
        }
    }

    private bool TryReadCredential(ReadOnlySpan<char> name, ReadOnlySpan<char> value, out string? problem)
    {
        var transport = new TransportAttributes();
        if (!TransportAttributeReader.TryRead(transport, name, value, out problem))
        {
            return false;
        }

        if (Sections.Count == 0)
        {
            IceUfrag = transport.IceUfrag ?? IceUfrag;
            IcePwd = transport.IcePwd ?? IcePwd;
        }
        else
        {
            Sections[^1].IceUfrag = transport.IceUfrag ?? Sections[^1].IceUfrag;
            Sections[^1].IcePwd = transport.IcePwd ?? Sections[^1].IcePwd;
        }

        return true;
    }

    private SdpFragmentSection CurrentSection()
    {
        if (Sections.Count == 0)
        {
            Sections.Add(new SdpFragmentSection(AnyMediaLine));
        }

        return Sections[^1];
    }

    private bool TryComplete([NotNullWhen(true)] out SdpFragment? fragment, [NotNullWhen(false)] out string? error)
    {
        fragment = null;
        foreach (var section in Sections)
        {
            IceUfrag ??= section.IceUfrag;
            IcePwd ??= section.IcePwd;
            if (section.IceUfrag is not null && section.IceUfrag != IceUfrag)
            {
                error = "the sections have different a=ice-ufrag values; allowed is one, since all media share one transport";
                return false;
            }
        }

        if ((IceUfrag is null) != (IcePwd is null))
        {
            error = $"a={(IceUfrag is null ? "ice-ufrag" : "ice-pwd")} is missing; allowed are both or none";
            return false;
        }

        if (IceUfrag is null && Sections.Count == 0)
        {
            error = "the fragment has neither credentials nor candidates; at least one is needed";
            return false;
        }

        fragment = this;
        error = null;
        return true;
    }
}
