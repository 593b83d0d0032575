namespace MediaRelay.Client.Signaling;

/// <summary>Watches rooms over WHEP.</summary>
/// <param name="path">The endpoint's path, in which <c>{room}</c> stands for the room's id.</param>
public sealed class WhepClient(HttpClient http, Uri server, string path = WhepClient.DefaultPath) : SignalingClient(http, server)
{
    /// <summary>Where MediaRelay has it.</summary>
    public const string DefaultPath = "/whep/{room}";

    public Task<SignalingOutcome> WatchAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync(PathOf(path, roomId), token, offer, cancellationToken);

    /// <summary>The return feed of a room's host: the co-hosts, and the mix without this host's own sound.</summary>
    public Task<SignalingOutcome> WatchReturnAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync(PathOf(path, roomId) + "/return", token, offer, cancellationToken);
}
