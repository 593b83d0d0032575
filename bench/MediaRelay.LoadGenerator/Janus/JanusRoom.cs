namespace MediaRelay.LoadGenerator.Janus;

/// <summary>A VideoRoom of ours.</summary>
/// <param name="Id">What Janus calls it.</param>
/// <param name="Publisher">The handle that made it and is its publisher's.</param>
internal sealed record JanusRoom(ulong Id, JanusHandle Publisher)
{
    private readonly TaskCompletionSource<ulong> _feed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The publisher's id in the room; done once there is one.</summary>
    public Task<ulong> Feed => _feed.Task;

    public void SetFeed(ulong id) => _feed.TrySetResult(id);
}
