namespace MediaRelay.Protocols.Sdp;

/// <summary>Why an offer is not answered.</summary>
/// <param name="Message">For a person: the field, its value and what is allowed.</param>
public sealed record AnswerError(AnswerErrorKind Kind, string Message)
{
    internal static AnswerError Malformed(string message) => new(AnswerErrorKind.Malformed, message);

    internal static AnswerError NotAcceptable(string message) => new(AnswerErrorKind.NotAcceptable, message);

    internal static AnswerError Unprocessable(string message) => new(AnswerErrorKind.Unprocessable, message);
}
