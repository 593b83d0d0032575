using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// Reads a session description line by line (RFC 8866 §5); the attributes of media sections are <see cref="MediaAttributeReader"/>'s.
/// </summary>
internal sealed class SdpReader
{
    private readonly SessionDescription _session = new();
    private readonly List<ExtensionMapping> _sessionExtensions = [];
    private MediaDirection _sessionDirection = MediaDirection.SendRecv;
    private MediaSection? _section;
    private int _lineCount;
    private int _headLinesRead;
    private bool _hasSubject;
    private bool _hasTiming;
    private string? _problem;

    public static bool TryRead(
        string text, [NotNullWhen(true)] out SessionDescription? sdp, [NotNullWhen(false)] out string? error)
    {
        var reader = new SdpReader();
        error = reader.Read(text);
        sdp = error is null ? reader._session : null;
        return error is null;
    }

    private string? Read(string text)
    {
        if (text.Length > SessionDescription.LongestText)
        {
            return $"the description has {text.Length} characters; allowed are {SessionDescription.LongestText}";
        }

        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).TrimEnd('\r');
            _lineCount++;
            if (_lineCount > SessionDescription.MostLines)
            {
                return $"the description has more than {SessionDescription.MostLines} lines";
            }

            // Blank lines are no part of RFC 8866, but hand-made and concatenated descriptions end with them.
            if (!line.IsWhiteSpace() && !ReadLine(line))
            {
                return $"line {_lineCount}: {_problem}";
            }
        }

        return CheckComplete();
    }

    private string? CheckComplete()
    {
        if (_session.Media.Count == 0)
        {
            return "the description has no m= line; at least one is needed";
        }

        foreach (var section in _session.Media)
        {
            section.Extensions.InsertRange(0, _sessionExtensions);
        }

        return null;
    }

    private bool ReadLine(ReadOnlySpan<char> line)
    {
        if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]))
        {
            return Fail($"{SdpText.Quote(line)}; allowed is one lower-case letter, '=' and a value");
        }

        // A lone CR would end the line for some readers of the answer into which values are echoed.
        if (line.Contains('\r') || line.Contains('\0'))
        {
            return Fail($"{SdpText.Quote(line)} contains a control character; allowed are CRLF or LF line ends");
        }

        var value = line[2..];
        if (_headLinesRead < 2)
        {
            return ReadVersionOrOrigin(line[0], value);
        }

        switch (line[0])
        {
            case 's':
                _hasSubject = true;
                return true;
            case 't':
                _hasTiming = true;
                return true;
            case 'm':
                return ReadMediaLine(value);
            case 'a':
                return ReadAttribute(value);
            case 'v' or 'o':
                return Fail($"a second {line[0]}= line; allowed is one, at the start");
            default:
                return true;
        }
    }

    private bool ReadVersionOrOrigin(char type, ReadOnlySpan<char> value)
    {
        if (_headLinesRead++ == 0)
        {
            return (type == 'v' && value.Trim() is "0") || Fail($"{type}={SdpText.Quote(value)}; the first line must be v=0");
        }

        return type == 'o' ? ReadOrigin(value) : Fail($"{type}={SdpText.Quote(value)}; the second line must be o=");
    }

    private bool ReadOrigin(ReadOnlySpan<char> value)
    {
        var text = value;
        Span<Range> fields = stackalloc Range[7];
        var count = text.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count != 6 || text[fields[1]].ContainsAnyExceptInRange('0', '9') || text[fields[2]].ContainsAnyExceptInRange('0', '9'))
        {
            return Fail(
                $"o={SdpText.Quote(value)}; allowed is <username> <digits> <digits> <nettype> <addrtype> <address>");
        }

        _session.Origin = new SessionOrigin(
            text[fields[0]].ToString(),
            text[fields[1]].ToString(),
            text[fields[2]].ToString(),
            text[fields[3]].ToString(),
            text[fields[4]].ToString(),
            text[fields[5]].ToString());
        return true;
    }

    private bool ReadMediaLine(ReadOnlySpan<char> value)
    {
        if (!_hasSubject || !_hasTiming)
        {
            return Fail("m= before s= and t=; the session part needs v=, o=, s= and t=");
        }

        if (_session.Media.Count == SessionDescription.MostSections)
        {
            return Fail($"more than {SessionDescription.MostSections} media sections");
        }

        if (!MediaLineReader.TryRead(value, out _section, out _problem))
        {
            return false;
        }

        _section.Direction = _sessionDirection;
        _session.Media.Add(_section);
        return true;
    }

    private bool ReadAttribute(ReadOnlySpan<char> content)
    {
        var colon = content.IndexOf(':');
        var name = colon < 0 ? content : content[..colon];
        var value = colon < 0 ? [] : content[(colon + 1)..].Trim();
        if (_section is not null)
        {
            return MediaAttributeReader.TryRead(_section, name, value, out _problem);
        }

        switch (name)
        {
            case "group":
                return ReadGroup(value);
            case "ice-lite":
                _session.IceLite = true;
                return true;
            case "extmap-allow-mixed":
                _session.ExtensionMapAllowMixed = true;
                return true;
            case "msid-semantic":
                _session.MsidSemantic = value.ToString();
                return true;
            case "extmap":
                return MediaAttributeReader.TryReadExtension(_sessionExtensions, value, out _problem);
            case "sendrecv" or "sendonly" or "recvonly" or "inactive":
                return MediaDirections.TryParse(name, out _sessionDirection);
            default:
                return TransportAttributeReader.TryRead(_session.Transport, name, value, out _problem);
        }
    }

    private bool ReadGroup(ReadOnlySpan<char> value)
    {
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var semantics))
        {
            return Fail("a=group without semantics; allowed is a=group:BUNDLE <mid> …");
        }

        var mids = new List<string>();
        while (SdpText.TryTakeWord(ref text, out var mid))
        {
            if (!SdpText.IsToken(mid) || mids.Count == SessionDescription.MostSections)
            {
                return Fail($"a=group:{SdpText.Quote(value)}; allowed are up to {SessionDescription.MostSections} mids (tokens)");
            }

            mids.Add(mid.ToString());
        }

        _session.Groups.Add(new MediaGroup(semantics.ToString(), mids));
        return true;
    }

    private bool Fail(string problem)
    {
        _problem = problem;
        return false;
    }
}
