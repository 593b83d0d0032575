using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Where a loop's outgoing datagrams are built. Fan-out writes thousands of datagrams per incoming packet, so they are encrypted
/// straight into the sender's batch instead of being polled for one by one. One thread at a time.
/// </summary>
public abstract class DatagramWriter
{
    /// <summary>
    /// Space for one datagram of at most <paramref name="maxLength"/> bytes (≤ <see cref="PacketBuffer.MaxLength"/>). The caller
    /// fills it and calls <see cref="Commit"/>; without a commit nothing is sent and the space is reused.
    /// </summary>
    public abstract Span<byte> Reserve(in NetworkPath path, int maxLength);

    /// <summary>Sends the first <paramref name="length"/> bytes of the space that was reserved last.</summary>
    public abstract void Commit(int length);
}
