namespace MediaRelay.Protocols.Sdp;

/// <summary>What a session is for.</summary>
public enum NegotiationRole
{
    /// <summary>WHIP (RFC 9725): the offerer sends, the answerer receives.</summary>
    Publish,

    /// <summary>WHEP: the answerer sends, the offerer receives.</summary>
    Subscribe,
}
