namespace MediaRelay.Protocols.Sdp;

/// <summary>Reads the attributes of a media section; one method per attribute that has a structure.</summary>
internal static class MediaAttributeReader
{
    private const byte HighestPayloadType = 127;

    // Real offers stay below ten of each; the rest would only make looking them up expensive.
    private const int MostSources = 64;
    private const int MostSsrcsInGroup = 16;
    private const int MostRids = 32;

    /// <summary>Unknown attributes are skipped. On false, <paramref name="problem"/> says what was wrong.</summary>
    public static bool TryRead(
        MediaSection section, ReadOnlySpan<char> name, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        switch (name)
        {
            case "mid":
                section.Mid = value.ToString();
                return SdpText.IsToken(value)
                    || Fail(
                        $"a=mid:{SdpText.Quote(value)}; allowed is a token of up to {SdpText.LongestIdentifier} characters",
                        out problem);
            case "sendrecv" or "sendonly" or "recvonly" or "inactive":
                _ = MediaDirections.TryParse(name, out var direction);
                section.Direction = direction;
                return true;
            case "rtpmap":
                return TryReadRtpMap(section, value, out problem);
            case "fmtp":
                return TryReadFormatParameters(section, value, out problem);
            case "rtcp-fb":
                return TryReadFeedback(section, value, out problem);
            case "extmap":
                return TryReadExtension(section.Extensions, value, out problem);
            case "extmap-allow-mixed":
                section.ExtensionMapAllowMixed = true;
                return true;
            case "rtcp-mux":
                section.RtcpMux = true;
                return true;
            case "rtcp-mux-only":
                section.RtcpMux = true;
                section.RtcpMuxOnly = true;
                return true;
            case "rtcp-rsize":
                section.RtcpReducedSize = true;
                return true;
            case "bundle-only":
                section.BundleOnly = true;
                return true;
            case "msid":
                return TryReadMsid(section, value, out problem);
            case "ssrc":
                return TryReadSource(section, value, out problem);
            case "ssrc-group":
                return TryReadSsrcGroup(section, value, out problem);
            case "rid":
                return TryReadRid(section, value, out problem);
            case "simulcast":
                return TryReadSimulcast(section, value, out problem);
            case "candidate":
                ReadCandidate(section, value);
                return true;
            case "end-of-candidates":
                section.EndOfCandidates = true;
                return true;
            case "sctp-port":
                return TryReadSctpPort(section, value, out problem);
            case "max-message-size":
                return TryReadMaxMessageSize(section, value, out problem);
            default:
                return TransportAttributeReader.TryRead(section.Transport, name, value, out problem);
        }
    }

    /// <summary><c>&lt;id&gt;[/&lt;direction&gt;] &lt;uri&gt; [&lt;attributes&gt;]</c>, RFC 8285 §8.</summary>
    public static bool TryReadExtension(List<ExtensionMapping> extensions, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        MediaDirection? direction = null;
        if (SdpText.TryTakeWord(ref text, out var key) && SdpText.TryTakeWord(ref text, out var uri))
        {
            var slash = key.IndexOf('/');
            var isDirectionRead = true;
            if (slash >= 0)
            {
                isDirectionRead = MediaDirections.TryParse(key[(slash + 1)..], out var written);
                direction = written;
            }

            if (isDirectionRead && SdpText.TryParseUInt32(slash < 0 ? key : key[..slash], out var id) && id is > 0 and < 65536)
            {
                extensions.Add(new ExtensionMapping((int)id, uri.ToString(), direction));
                return true;
            }
        }

        return Fail($"a=extmap:{SdpText.Quote(value)}; allowed is <id>[/<direction>] <uri>", out problem);
    }

    private static bool TryReadRtpMap(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        if (!TryTakePayloadType(ref text, out var payloadType) || !SdpText.TryTakeWord(ref text, out var encoding))
        {
            return Fail($"a=rtpmap:{SdpText.Quote(value)}; allowed is <payload type 0-127> <name>/<clock>[/<channels>]", out problem);
        }

        Span<Range> parts = stackalloc Range[4];
        var count = encoding.Split(parts, '/');
        uint channels = 1;
        if (count is not (2 or 3)
            || !SdpText.IsToken(encoding[parts[0]])
            || !SdpText.TryParseUInt32(encoding[parts[1]], out var clockRate)
            || clockRate is 0 or > int.MaxValue
            || (count == 3 && (!SdpText.TryParseUInt32(encoding[parts[2]], out channels) || channels is 0 or > 255)))
        {
            return Fail($"a=rtpmap:{SdpText.Quote(value)}; allowed is <payload type 0-127> <name>/<clock>[/<channels>]", out problem);
        }

        if (section.FindFormat(payloadType) is not { } format)
        {
            return true; // Describes a format that the m-line does not have, so nobody may use it.
        }

        if (format.Name.Length > 0)
        {
            return Fail($"a=rtpmap for payload type {payloadType} stands twice; allowed is once", out problem);
        }

        format.Name = encoding[parts[0]].ToString();
        format.ClockRate = (int)clockRate;
        format.Channels = (int)channels;
        return true;
    }

    private static bool TryReadFormatParameters(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        if (!section.IsRtp)
        {
            return true;
        }

        var text = value;
        if (!TryTakePayloadType(ref text, out var payloadType))
        {
            return Fail($"a=fmtp:{SdpText.Quote(value)}; allowed is <payload type 0-127> <parameters>", out problem);
        }

        if (section.FindFormat(payloadType) is { } format)
        {
            var parameters = text.Trim().ToString();
            format.Parameters = new FormatParameters(
                format.Parameters.Text.Length == 0 ? parameters : $"{format.Parameters.Text};{parameters}");
        }

        return true;
    }

    private static bool TryReadFeedback(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        byte payloadType = 0;
        if (!SdpText.TryTakeWord(ref text, out var key)
            || (key is not "*" && !SdpText.TryParseByte(key, HighestPayloadType, out payloadType))
            || !SdpText.TryTakeWord(ref text, out var type))
        {
            return Fail($"a=rtcp-fb:{SdpText.Quote(value)}; allowed is <payload type 0-127 or *> <type> [<parameter>]", out problem);
        }

        var feedback = RtcpFeedback.From(type, text.Trim());
        var list = key is "*" ? section.FeedbackForAll : section.FindFormat(payloadType)?.Feedback;
        list?.Add(feedback);
        return true;
    }

    private static bool TryReadMsid(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var stream))
        {
            return Fail("a=msid without a value; allowed is <stream> [<track>]", out problem);
        }

        _ = SdpText.TryTakeWord(ref text, out var track);
        section.Msid ??= new Msid(stream.ToString(), track.ToString());
        return true;
    }

    private static bool TryReadSource(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var number) || !SdpText.TryParseUInt32(number, out var ssrc))
        {
            return Fail($"a=ssrc:{SdpText.Quote(value)}; allowed is <0-4294967295> <attribute>", out problem);
        }

        const string Cname = "cname:";
        var attribute = text.Trim();
        var cname = attribute.StartsWith(Cname) ? attribute[Cname.Length..].ToString() : null;
        var index = section.Sources.FindIndex(source => source.Ssrc == ssrc);
        if (index < 0)
        {
            section.Sources.Add(new MediaSource(ssrc, cname));
            return section.Sources.Count <= MostSources
                || Fail($"more than {MostSources} SSRCs in m={section.KindToken}", out problem);
        }

        if (cname is not null)
        {
            section.Sources[index] = new MediaSource(ssrc, cname);
        }

        return true;
    }

    private static bool TryReadSsrcGroup(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var semantics))
        {
            return Fail("a=ssrc-group without a value; allowed is <semantics> <ssrc> …", out problem);
        }

        var ssrcs = new List<uint>();
        while (SdpText.TryTakeWord(ref text, out var number))
        {
            if (!SdpText.TryParseUInt32(number, out var ssrc) || ssrcs.Count == MostSsrcsInGroup)
            {
                return Fail(
                    $"a=ssrc-group:{SdpText.Quote(value)}; allowed is <semantics> and up to {MostSsrcsInGroup} of 0-4294967295",
                    out problem);
            }

            ssrcs.Add(ssrc);
        }

        section.SsrcGroups.Add(new SsrcGroup(semantics.ToString(), ssrcs));
        return section.SsrcGroups.Count <= MostSources
            || Fail($"more than {MostSources} a=ssrc-group in m={section.KindToken}", out problem);
    }

    private static bool TryReadRid(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        var text = value;
        if (!SdpText.TryTakeWord(ref text, out var id)
            || !SdpText.IsRid(id)
            || !SdpText.TryTakeWord(ref text, out var direction)
            || direction is not ("send" or "recv"))
        {
            return Fail($"a=rid:{SdpText.Quote(value)}; allowed is <letters, digits, - and _> send|recv [<restrictions>]", out problem);
        }

        var payloadTypes = new List<byte>();
        var restrictions = new List<string>();
        foreach (var range in text.Split(';'))
        {
            var restriction = text[range].Trim();
            if (!restriction.StartsWith("pt="))
            {
                if (!restriction.IsEmpty)
                {
                    restrictions.Add(restriction.ToString());
                }

                continue;
            }

            var list = restriction[3..];
            foreach (var item in list.Split(','))
            {
                if (!SdpText.TryParseByte(list[item], HighestPayloadType, out var payloadType))
                {
                    return Fail($"a=rid:{SdpText.Quote(value)}; the payload types of pt= are 0 to {HighestPayloadType}", out problem);
                }

                payloadTypes.Add(payloadType);
            }
        }

        var name = id.ToString();
        if (section.Rids.Exists(rid => rid.Id == name))
        {
            return Fail($"a=rid:{name} stands twice; allowed is once", out problem);
        }

        section.Rids.Add(new RidDescription(name, direction is "send", payloadTypes, string.Join(';', restrictions)));
        return section.Rids.Count <= MostRids || Fail($"more than {MostRids} a=rid in m={section.KindToken}", out problem);
    }

    private static bool TryReadSimulcast(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        if (!SimulcastDescription.TryParse(value, out var simulcast))
        {
            return Fail($"a=simulcast:{SdpText.Quote(value)}; allowed is send <rid>;… and/or recv <rid>;…", out problem);
        }

        section.Simulcast = simulcast;
        return true;
    }

    private static void ReadCandidate(MediaSection section, ReadOnlySpan<char> value)
    {
        // RFC 9725 §4.3.2: a candidate that cannot be used is discarded and the rest goes on.
        if (Candidate.TryParse(value, out var candidate))
        {
            section.Candidates.Add(candidate);
        }
    }

    private static bool TryReadSctpPort(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        if (!SdpText.TryParsePort(value, out var port))
        {
            return Fail($"a=sctp-port:{SdpText.Quote(value)}; allowed are 0 to 65535", out problem);
        }

        section.SctpPort = port;
        return true;
    }

    private static bool TryReadMaxMessageSize(MediaSection section, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        if (value.IsEmpty || value.ContainsAnyExceptInRange('0', '9'))
        {
            return Fail($"a=max-message-size:{SdpText.Quote(value)}; allowed are decimal digits", out problem);
        }

        // The grammar has no upper end (RFC 8841 §6.1); beyond 32 bits is as good as the largest.
        section.MaxMessageSize = SdpText.TryParseUInt32(value, out var size) ? size : uint.MaxValue;
        return true;
    }

    private static bool TryTakePayloadType(ref ReadOnlySpan<char> text, out byte payloadType)
    {
        payloadType = 0;
        return SdpText.TryTakeWord(ref text, out var word) && SdpText.TryParseByte(word, HighestPayloadType, out payloadType);
    }

    private static bool Fail(string text, out string? problem)
    {
        problem = text;
        return false;
    }
}
