using System.Diagnostics.CodeAnalysis;
using MediaRelay.Client.Signaling;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>What a request to Janus came to: its final message, or a problem.</summary>
internal sealed record JanusReply(JanusMessage? Message, SignalingProblem? Problem)
{
    [MemberNotNullWhen(true, nameof(Message))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsSuccess => Message is not null;

    /// <summary>A message that may itself say that something is wrong.</summary>
    public static JanusReply Of(JanusMessage message) => message.Error is { } error
        ? Of(new SignalingProblem((int)System.Net.HttpStatusCode.OK, $"Janus error {error.Code}", error.Reason))
        : new JanusReply(message, null);

    public static JanusReply Of(SignalingProblem problem) => new(null, problem);
}
