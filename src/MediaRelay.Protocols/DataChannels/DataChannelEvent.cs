using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.DataChannels;

/// <summary>Something that happened on the data channels of a peer.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Channel">Set for the kinds that are about one channel.</param>
/// <param name="Data">
/// The message, perhaps empty; borrowed until the next call of <see cref="DataChannelTransport.TryReadEvent"/>.
/// </param>
/// <param name="IsBinary">Whether a message is bytes (true) or UTF-8 text (false).</param>
/// <param name="Reason">Why the association ended.</param>
public readonly record struct DataChannelEvent(
    DataChannelEventKind Kind,
    DataChannel? Channel = null,
    ReadOnlyMemory<byte> Data = default,
    bool IsBinary = false,
    SctpCloseReason Reason = SctpCloseReason.None);
