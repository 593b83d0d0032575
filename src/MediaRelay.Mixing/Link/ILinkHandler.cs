namespace MediaRelay.Mixing.Link;

/// <summary>What one side does with the frames of the other; two sides implement it: relay and worker.</summary>
internal interface ILinkHandler
{
    /// <summary>
    /// One frame, on the link's reading task. <paramref name="payload"/> is borrowed for the call. Returns false when
    /// the frame is not one that the other side may send, which closes the link.
    /// </summary>
    bool Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload);
}
