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

    /// <summary>Datagrams handed to the kernel, and those that it refused (queue full, peer's port closed).</summary>
    public long DatagramsSent { get; protected set; }

    public long SendErrors { get; protected set; }

    public long DatagramsReceived { get; protected set; }

    public long BytesSent { get; protected set; }

    public long BytesReceived { get; protected set; }

    /// <summary>Writes into the batch of this socket; <see cref="Flush"/> hands it to the kernel.</summary>
    public abstract DatagramWriter Writer { get; }

    /// <summary>Opens the socket of the platform: batched system calls on Linux, <see cref="System.Net.Sockets.Socket"/> elsewhere.</summary>
    public static UdpSocket Open(IPEndPoint bind, bool shared, int bufferBytes) => OperatingSystem.IsLinux()
        ? new Linux.LinuxUdpSocket(bind, shared, bufferBytes)
        : new ManagedUdpSocket(bind, bufferBytes);

    /// <summary>Waits until a datagram is there, <see cref="Wake"/> was called or the time is over.</summary>
    public abstract void Wait(TimeSpan timeout);

    /// <summary>Ends a running or the next <see cref="Wait"/>; callable from any thread.</summary>
    public abstract void Wake();

    /// <summary>
    /// Fills <paramref name="buffers"/> and <paramref name="paths"/> with waiting datagrams and returns how many. Buffers are rented
    /// from <paramref name="pool"/> and belong to the caller.
    /// </summary>
    public abstract int Receive(PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths);

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
