namespace MediaRelay.Transport;

/// <summary>How a <see cref="UdpSocket"/> is opened.</summary>
public sealed record UdpSocketOptions
{
    /// <summary>Segments of one message that every kernel with UDP_SEGMENT takes (UDP_MAX_SEGMENTS; 128 since Linux 6.9).</summary>
    public const int SegmentLimit = 64;

    /// <summary>
    /// Kernel queue of each direction in bytes; the system may allow less (net.core.rmem_max, wmem_max) where the process has no
    /// CAP_NET_ADMIN.
    /// </summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>Linux: several sockets on one port (SO_REUSEPORT), among which the kernel spreads peers by their address.</summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// Linux: neighbouring datagrams for one peer leave as one message (UDP_SEGMENT), and bursts are taken whole (UDP_GRO), where the
    /// kernel can; false compares with plain sendmmsg and recvmmsg. Neither changes what the peer or the caller sees.
    /// </summary>
    public bool Segmentation { get; init; } = true;

    /// <summary>Datagrams that may leave as one message, 1–<see cref="SegmentLimit"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxSegments
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SegmentLimit);
            field = value;
        }
    } = SegmentLimit;
}
