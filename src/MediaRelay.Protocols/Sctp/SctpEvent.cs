namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Something that happened to an association. <paramref name="Stream"/> belongs to the stream resets, <paramref name="Reason"/> to
/// <see cref="SctpEventKind.Closed"/>.
/// </summary>
public readonly record struct SctpEvent(
    SctpEventKind Kind,
    ushort Stream = 0,
    SctpCloseReason Reason = SctpCloseReason.None)
{
    /// <summary>As <see cref="Stream"/> of a reset: every stream (RFC 6525 §4.1, a request without a list).</summary>
    public const ushort AllStreams = ushort.MaxValue;
}
