using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>One encoded picture or one sound packet.</summary>
/// <param name="Kind">Audio or video.</param>
/// <param name="Data">
/// H.264: an access unit as byte stream (Annex B); VP8: one frame; Opus: one packet. Borrowed until the source is read again.
/// </param>
/// <param name="MediaTime">On the source's timeline, the same for sound and picture; what RTP timestamps are made from.</param>
/// <param name="CapturedAt">When it was captured; what sender reports are made from.</param>
/// <param name="Layer">Which of the source's encodings it is, an index of <see cref="IMediaSource.Rids"/>.</param>
public readonly record struct MediaFrame(
    MediaKind Kind, ReadOnlyMemory<byte> Data, TimeSpan MediaTime, Timestamp CapturedAt, bool IsKeyFrame, int Layer = 0);
