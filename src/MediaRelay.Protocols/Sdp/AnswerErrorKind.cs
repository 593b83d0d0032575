namespace MediaRelay.Protocols.Sdp;

/// <summary>The HTTP status that an unanswered offer comes to (RFC 9725 §4.2).</summary>
public enum AnswerErrorKind
{
    /// <summary>400: the offer contradicts the rules for offers.</summary>
    Malformed,

    /// <summary>406: a proper offer for something that the relay does not do.</summary>
    NotAcceptable,

    /// <summary>422: a DTLS role that the relay does not take (RFC 9725 §4.4.4).</summary>
    Unprocessable,
}
