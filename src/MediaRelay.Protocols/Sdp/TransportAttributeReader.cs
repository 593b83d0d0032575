namespace MediaRelay.Protocols.Sdp;

/// <summary>Reads the ICE and DTLS attributes, which stand at session or media level (RFC 8839 §5, RFC 8122 §5, RFC 4145 §4).</summary>
internal static class TransportAttributeReader
{
    private const int ShortestUfrag = 4;
    private const int ShortestPwd = 22;

    /// <summary>Unknown attributes are skipped. On false, <paramref name="problem"/> says what was wrong.</summary>
    public static bool TryRead(
        TransportAttributes transport, ReadOnlySpan<char> name, ReadOnlySpan<char> value, out string? problem)
    {
        problem = null;
        switch (name)
        {
            case "ice-ufrag":
                transport.IceUfrag = value.ToString();
                return SdpText.IsIceCredential(value, ShortestUfrag)
                    || Fail($"a=ice-ufrag:{SdpText.Quote(value)}; allowed are {ShortestUfrag} to 256 visible characters", out problem);

            case "ice-pwd":
                // The password is a secret, so the error does not repeat it.
                transport.IcePwd = value.ToString();
                return SdpText.IsIceCredential(value, ShortestPwd)
                    || Fail($"a=ice-pwd has {value.Length} characters; allowed are {ShortestPwd} to 256 visible ones", out problem);

            case "ice-options":
                while (SdpText.TryTakeWord(ref value, out var option))
                {
                    transport.IceOptions.Add(option.ToString());
                }

                return true;

            case "fingerprint":
                if (!FingerprintAttribute.TryParse(value, out var fingerprint))
                {
                    return Fail(
                        $"a=fingerprint:{SdpText.Quote(value)}; allowed is <hash> and the digest's hex bytes separated by colons",
                        out problem);
                }

                transport.Fingerprints.Add(fingerprint);
                return true;

            case "setup":
                if (!DtlsSetups.TryParse(value, out var setup))
                {
                    return Fail(
                        $"a=setup:{SdpText.Quote(value)}; allowed are active, passive, actpass and holdconn", out problem);
                }

                transport.Setup = setup;
                return true;

            default:
                return true;
        }
    }

    private static bool Fail(string text, out string? problem)
    {
        problem = text;
        return false;
    }
}
