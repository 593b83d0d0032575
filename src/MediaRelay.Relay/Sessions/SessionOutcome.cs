using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Relay.Sessions;

/// <summary>What an offer came to: a session with its answer, or why not.</summary>
public sealed record SessionOutcome
{
    public enum Status
    {
        /// <summary>201.</summary>
        Created,

        /// <summary>400: the offer is not proper SDP, or breaks the rules for offers.</summary>
        Malformed,

        /// <summary>406: nothing in it that the relay does.</summary>
        NotAcceptable,

        /// <summary>422: a DTLS role that the relay does not take.</summary>
        Unprocessable,

        /// <summary>404: the room is gone.</summary>
        NotFound,

        /// <summary>409: another host publishes.</summary>
        Conflict,

        /// <summary>503: a limit is reached.</summary>
        Overloaded,
    }

    public required Status What { get; init; }

    public PeerSession? Session { get; init; }

    /// <summary>The answer's SDP.</summary>
    public string? Answer { get; init; }

    /// <summary>For a person: the field, its value and what is allowed.</summary>
    public string? Reason { get; init; }

    internal static SessionOutcome Created(PeerSession session) => new() { What = Status.Created, Session = session };

    internal static SessionOutcome Malformed(string reason) => new() { What = Status.Malformed, Reason = reason };

    internal static SessionOutcome NotFound(string reason) => new() { What = Status.NotFound, Reason = reason };

    internal static SessionOutcome OtherHost(string roomId) =>
        new() { What = Status.Conflict, Reason = $"Another host publishes in room '{roomId}'." };

    internal static SessionOutcome Overloaded(string reason) => new() { What = Status.Overloaded, Reason = reason };

    internal static SessionOutcome Refused(AnswerError error) => new()
    {
        What = error.Kind switch
        {
            AnswerErrorKind.Malformed => Status.Malformed,
            AnswerErrorKind.Unprocessable => Status.Unprocessable,
            _ => Status.NotAcceptable,
        },
        Reason = error.Message,
    };
}
