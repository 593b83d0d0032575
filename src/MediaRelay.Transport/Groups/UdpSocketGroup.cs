using System.Net;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport.Groups;

/// <summary>
/// Many UDP sockets, each with a port of its own, that one thread waits for together: a process full of clients that all talk to the
/// same server address. Except <see cref="Open"/> and <see cref="Wake"/> all members are for that thread.
/// </summary>
public abstract class UdpSocketGroup : IDisposable
{
    /// <summary>Datagrams handed to the kernel, and those that it refused (queue full, no route, port closed).</summary>
    public long DatagramsSent { get; protected set; }

    public long SendErrors { get; protected set; }

    /// <summary>Of the datagrams sent, those that left as part of a message that the kernel cut (UDP_SEGMENT).</summary>
    public long SegmentedDatagrams { get; protected set; }

    public long DatagramsReceived { get; protected set; }

    public long BytesReceived { get; protected set; }

    /// <summary>Datagrams longer than the receive space, thrown away.</summary>
    public long Truncated { get; protected set; }

    /// <summary>Makes the group of the platform: epoll with batched system calls on Linux, polled sockets elsewhere.</summary>
    /// <param name="takeBursts">
    /// Linux: the sockets take segmentation bursts whole (UDP_GRO), as a network card would; on loopback the sender's CPU then does not
    /// pay for cutting them. Ignored elsewhere.
    /// </param>
    /// <param name="sendBursts">
    /// Linux: equally long datagrams that a socket writes to one address in a row leave as one message (UDP_SEGMENT), where the kernel
    /// can; else, and elsewhere, each by itself.
    /// </param>
    public static UdpSocketGroup Create(bool takeBursts = false, bool sendBursts = false) => OperatingSystem.IsLinux()
        ? new Linux.LinuxUdpSocketGroup(takeBursts, sendBursts)
        : new ManagedUdpSocketGroup();

    /// <summary>
    /// Opens a socket; port 0 lets the system choose. Its datagrams go to <paramref name="receiver"/> from the group's next turn on.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is in use, or the process has no descriptors left.</exception>
    public abstract GroupSocket Open(IPEndPoint bind, int bufferBytes, DatagramReceiver receiver);

    /// <summary>Waits until a datagram is there, <see cref="Wake"/> was called or the time is over.</summary>
    public abstract void Wait(TimeSpan timeout);

    /// <summary>Ends a running or the next <see cref="Wait"/>; callable from any thread.</summary>
    public abstract void Wake();

    /// <summary>Hands out one batch of each socket that has something; returns how many datagrams that were.</summary>
    /// <param name="clock">Read once per socket, so that a datagram's time is not that of the whole turn.</param>
    public abstract int Receive(LoopClock clock);

    public abstract void Flush();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
