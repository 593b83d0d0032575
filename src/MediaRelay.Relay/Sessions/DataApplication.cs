using System.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Sessions;

/// <summary>
/// What runs on a viewer's data channel. The relay only knows messages; what they mean is the commerce side's, which this project does
/// not reference. All members are called on the viewer's loop.
/// </summary>
public abstract class DataApplication
{
    /// <summary>The channel that carries it.</summary>
    public const string ChannelLabel = "overlays";

    /// <summary>The viewer's session.</summary>
    internal ViewerSession? Session { get; private set; }

    internal void BelongTo(ViewerSession session) => Session = session;

    /// <summary>
    /// Gives a message to this viewer's <see cref="OnBroadcast"/> alone, behind every broadcast that was posted to its room before. Any
    /// thread.
    /// </summary>
    protected internal void Post(object message) => Session?.Post(message);

    /// <summary>The viewer opened the channel: what it must have first is queued here.</summary>
    protected internal abstract void OnOpened(Timestamp now);

    /// <summary>A whole message of the viewer; borrowed.</summary>
    protected internal abstract void OnMessage(Timestamp now, ReadOnlySpan<byte> message);

    /// <summary>A message for every viewer of the room, shared by all of them; or one that was posted to this viewer.</summary>
    protected internal abstract void OnBroadcast(Timestamp now, object message);

    /// <summary>The next message to send; it stays until <see cref="Advance"/>.</summary>
    protected internal abstract bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message);

    /// <summary>The message was handed to the connection.</summary>
    protected internal abstract void Advance();

    /// <summary>
    /// Called before <see cref="Advance"/>: the message has arrived when <see cref="OnAcknowledged"/> tells of this position or a later one.
    /// </summary>
    protected internal virtual void OnSent(long position)
    {
    }

    /// <summary>The viewer's side has everything up to a position (RFC 9260's cumulative acknowledgement).</summary>
    protected internal virtual void OnAcknowledged(Timestamp now, long position)
    {
    }

    /// <summary>
    /// From here on the viewer belongs to another room: the RTP timestamp of its video is that room's media time plus
    /// <paramref name="mediaOffset"/>, modulo 2^32 (0 without video).
    /// </summary>
    protected internal virtual void OnHandedOff(Timestamp now, Rooms.Room room, uint mediaOffset)
    {
    }

    /// <summary>
    /// The room's picture comes in a codec that this viewer did not negotiate; sound and data go on. Told once the channel is open, after
    /// <see cref="OnHandedOff"/>, and when a host comes with such a codec: once for each change.
    /// </summary>
    protected internal virtual void OnPictureLacking(Timestamp now, VideoCodec codec)
    {
    }

    /// <summary>The viewer is gone.</summary>
    protected internal abstract void OnClosed();
}
