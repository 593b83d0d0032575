namespace MediaRelay.Protocols.Sdp;

/// <summary>The stream and track that a section's media belongs to (<c>a=msid</c>, RFC 8830 §2).</summary>
/// <param name="StreamId"><c>-</c> for a track without a stream.</param>
/// <param name="TrackId">Empty when none is given, as JSEP allows.</param>
public sealed record Msid(string StreamId, string TrackId)
{
    public override string ToString() => TrackId.Length == 0 ? StreamId : $"{StreamId} {TrackId}";
}
