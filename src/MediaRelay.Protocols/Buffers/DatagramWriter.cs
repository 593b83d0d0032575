using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Buffers;

/// <summary>
/// Where a loop's outgoing datagrams are built. Fan-out writes thousands of datagrams per incoming packet, so they are encrypted
/// straight into the sender's batch instead of being polled for one by one. One thread at a time.
/// </summary>
public abstract class DatagramWriter
{
    /// <summary>What is reserved from now on goes along this path, until the next call.</summary>
    public abstract void To(in NetworkPath path);

    /// <summary>
    /// Space for one datagram of at most <paramref name="maxLength"/> bytes (≤ <see cref="PacketBuffer.MaxLength"/>). The caller
    /// fills it and calls <see cref="Commit"/>; without a commit nothing is sent and the space is reused.
    /// </summary>
    public abstract Span<byte> Reserve(int maxLength);

    /// <summary>Space for one datagram along that path, and for what follows it.</summary>
    public Span<byte> Reserve(in NetworkPath path, int maxLength)
    {
        To(path);
        return Reserve(maxLength);
    }

    /// <summary>Sends the first <paramref name="length"/> bytes of the space that was reserved last.</summary>
    public abstract void Commit(int length);
}
