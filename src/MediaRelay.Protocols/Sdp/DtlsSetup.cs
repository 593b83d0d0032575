namespace MediaRelay.Protocols.Sdp;

/// <summary>Who sends the ClientHello (<c>a=setup</c>, RFC 4145 §4, RFC 8842 §5).</summary>
public enum DtlsSetup
{
    /// <summary>The writer will be the DTLS client.</summary>
    Active,

    /// <summary>The writer will be the DTLS server.</summary>
    Passive,

    /// <summary>The writer can be either; only in an offer.</summary>
    ActPass,

    /// <summary>No connection for now; not used in WebRTC.</summary>
    HoldConn,
}

/// <summary>How a setup role is written.</summary>
public static class DtlsSetups
{
    public static string ToToken(this DtlsSetup setup) => setup switch
    {
        DtlsSetup.Active => "active",
        DtlsSetup.Passive => "passive",
        DtlsSetup.ActPass => "actpass",
        _ => "holdconn",
    };

    public static bool TryParse(ReadOnlySpan<char> token, out DtlsSetup setup)
    {
        DtlsSetup? found = token switch
        {
            "active" => DtlsSetup.Active,
            "passive" => DtlsSetup.Passive,
            "actpass" => DtlsSetup.ActPass,
            "holdconn" => DtlsSetup.HoldConn,
            _ => null,
        };
        setup = found.GetValueOrDefault();
        return found.HasValue;
    }
}
