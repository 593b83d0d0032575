namespace MediaRelay.Client.Signaling;

/// <summary>Publishes into rooms over WHIP (RFC 9725).</summary>
public sealed class WhipClient(HttpClient http, Uri server) : SignalingClient(http, server)
{
    public Task<SignalingOutcome> PublishAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync($"/whip/{Uri.EscapeDataString(roomId)}", token, offer, cancellationToken);
}
