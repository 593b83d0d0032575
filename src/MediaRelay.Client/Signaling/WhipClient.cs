namespace MediaRelay.Client.Signaling;

/// <summary>Publishes into rooms over WHIP (RFC 9725).</summary>
/// <param name="path">The endpoint's path, in which <c>{room}</c> stands for the room's id.</param>
public sealed class WhipClient(HttpClient http, Uri server, string path = WhipClient.DefaultPath) : SignalingClient(http, server)
{
    /// <summary>Where MediaRelay has it.</summary>
    public const string DefaultPath = "/whip/{room}";

    public Task<SignalingOutcome> PublishAsync(string roomId, string? token, string offer, CancellationToken cancellationToken) =>
        PostAsync(PathOf(path, roomId), token, offer, cancellationToken);
}
