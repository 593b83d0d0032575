namespace MediaRelay.Protocols.Sdp;

/// <summary>Who made the session and which version of it this is (<c>o=</c>, RFC 8866 §5.2).</summary>
/// <param name="SessionId">Decimal digits; JSEP wants 63 random bits.</param>
/// <param name="SessionVersion">Decimal digits; grows with every new description of the session.</param>
public sealed record SessionOrigin(
    string Username, string SessionId, string SessionVersion, string NetworkType, string AddressType, string Address)
{
    /// <summary>An origin in the manner of JSEP (RFC 9429 §5.2.1), which tells no address.</summary>
    public static SessionOrigin Create(ulong sessionId) =>
        new("-", sessionId.ToString(), "1", "IN", "IP4", "127.0.0.1");

    public override string ToString() =>
        $"{Username} {SessionId} {SessionVersion} {NetworkType} {AddressType} {Address}";
}
