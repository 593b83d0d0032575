namespace MediaRelay.Mixing.Link;

/// <summary>What one side does with the frames of the other; two sides implement it: relay and worker.</summary>
internal interface ILinkHandler
{
    /// <summary>
    /// One frame, on the link's reading thread. <paramref name="payload"/> is borrowed for the call. Returns false when
    /// the frame is not one that the other side may send, which closes the link.
    /// </summary>
    bool Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Called on the reading thread after what had arrived was handled, and every 50 ms while nothing does. <paramref
    /// name="waited"/> is the time since the call before. A text closes the link and says why; null goes on.
    /// </summary>
    string? Check(TimeSpan waited);
}
