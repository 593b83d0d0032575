using MediaRelay.Client.Signaling;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>A handle of a session: one peer connection and its place in the plugin.</summary>
/// <param name="Resource">Where its requests go.</param>
internal sealed record JanusHandle(ulong Id, Uri Resource)
{
    private readonly TaskCompletionSource<SignalingProblem?> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when Janus says that the peer connection is up (null), or that it will not be.</summary>
    public Task<SignalingProblem?> Up => _up.Task;

    public void SetUp(SignalingProblem? problem) => _up.TrySetResult(problem);
}
