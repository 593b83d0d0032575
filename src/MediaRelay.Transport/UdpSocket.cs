using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport;

/// <summary>One loop's non-blocking UDP socket on the media port, with batched sending and receiving.</summary>
public abstract class UdpSocket : IDisposable
{
    /// <summary>Datagrams that one <see cref="Receive"/> can return.</summary>
    public const int ReceiveBatch = 64;

    private bool _disposed;

    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Datagrams handed to the kernel, however many of them in one message.</summary>
    public long DatagramsSent { get; internal set; }

    public long BytesSent { get; internal set; }

    /// <summary>Datagrams that the kernel refused: no route, too long for the path, or <see cref="SendQueueDrops"/>.</summary>
    public long SendErrors { get; internal set; }

    /// <summary>Of <see cref="SendErrors"/>, those for which the send queue had no space and got none in time.</summary>
    public long SendQueueDrops { get; internal set; }

    /// <summary>Messages handed to the kernel; one carries several datagrams when they are <see cref="SegmentedDatagrams"/>.</summary>
    public long MessagesSent { get; internal set; }

    /// <summary>System calls for sending.</summary>
    public long SendCalls { get; internal set; }

    /// <summary>Of <see cref="DatagramsSent"/>, those that shared a message with others.</summary>
    public long SegmentedDatagrams { get; internal set; }

    /// <summary>Segmented messages that the kernel refused and whose datagrams were then sent one by one.</summary>
    public long SegmentationFailures { get; internal set; }

    public long DatagramsReceived { get; internal set; }

    public long BytesReceived { get; internal set; }

    /// <summary>Messages that the kernel gave out; one carries several datagrams when a burst arrived whole.</summary>
    public long MessagesReceived { get; internal set; }

    /// <summary>Datagrams that arrived and were longer than <see cref="PacketBuffer.MaxLength"/>.</summary>
    public long ReceiveDrops { get; internal set; }

    /// <summary>
    /// Datagrams that the kernel dropped because the receive queue was full; 0 where the platform does not tell. Any thread; a system call.
    /// </summary>
    public virtual long ReceiveQueueDrops => 0;

    /// <summary>Whether datagrams leave segmented now: asked for, known to the kernel and not failing.</summary>
    public virtual bool IsSegmenting => false;

    /// <summary>Whether bursts are taken whole: asked for and known to the kernel.</summary>
    public virtual bool TakesBursts => false;

    /// <summary>Writes into the batch of this socket; <see cref="Flush"/> hands it to the kernel.</summary>
    public abstract DatagramWriter Writer { get; }

    /// <summary>Opens the socket of the platform: batched system calls on Linux, <see cref="System.Net.Sockets.Socket"/> elsewhere.</summary>
    public static UdpSocket Open(IPEndPoint bind, UdpSocketOptions options) => OperatingSystem.IsLinux()
        ? new Linux.LinuxUdpSocket(bind, options)
        : new ManagedUdpSocket(bind, options.BufferBytes);

    /// <summary>
    /// Waits until a datagram is there, <see cref="Wake"/> was called or the time is over. Without time it only takes note of a wake-up.
    /// </summary>
    public abstract void Wait(TimeSpan timeout);

    /// <summary>Ends a running or the next <see cref="Wait"/>; callable from any thread.</summary>
    public abstract void Wake();

    /// <summary>
    /// Fills <paramref name="buffers"/> and <paramref name="paths"/> with waiting datagrams and returns how many; fewer than they hold
    /// means that the queue was empty. What does not fit, as of a burst, comes with the next call. Buffers are rented from
    /// <paramref name="pool"/> and belong to the caller; where the kernel tells when a datagram arrived, they say so in the time of
    /// <paramref name="clock"/>. The datagrams of one burst share the time of the burst.
    /// </summary>
    public abstract int Receive(LoopClock clock, PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths);

    /// <summary>Hands what was written to the kernel. Waits at most 1 ms for space in the send queue, then drops and counts.</summary>
    public abstract void Flush();

    public void Dispose()
    {
        // Only once: a descriptor that is closed again may be somebody else's by then.
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }
    }

    protected abstract void Dispose(bool disposing);
}
