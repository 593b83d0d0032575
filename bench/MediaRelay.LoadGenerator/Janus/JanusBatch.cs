using MediaRelay.Client.Signaling;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>What one HTTP exchange with Janus brought: messages, or a problem.</summary>
internal sealed record JanusBatch(IReadOnlyList<JanusMessage> Messages, SignalingProblem? Problem);
