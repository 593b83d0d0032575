namespace MediaRelay.Client.Signaling;

/// <summary>Watches rooms over WHEP.</summary>
public sealed class WhepClient(HttpClient http, Uri server) : SignalingClient(http, server)
{
    public Task<SignalingOutcome> WatchAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync($"/whep/{Uri.EscapeDataString(roomId)}", token, offer, cancellationToken);

    /// <summary>The return feed of a room's host: the co-hosts, and the mix without this host's own sound.</summary>
    public Task<SignalingOutcome> WatchReturnAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync($"/whep/{Uri.EscapeDataString(roomId)}/return", token, offer, cancellationToken);
}
