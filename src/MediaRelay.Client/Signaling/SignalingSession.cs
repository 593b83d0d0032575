namespace MediaRelay.Client.Signaling;

/// <summary>A session that the server created.</summary>
/// <param name="Resource">Its URL, for DELETE and PATCH.</param>
/// <param name="Answer">The answer's SDP; the offer's where the server makes it.</param>
/// <param name="ETag">The entity tag of its ICE session (RFC 9725 §4.3.1), when given.</param>
public sealed record SignalingSession(Uri Resource, string Answer, string? ETag);
