using System.Net;
using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Transport.Groups;

/// <summary>
/// One socket of a <see cref="UdpSocketGroup"/>; what is written goes out with the group's next flush. Opened from any thread, used
/// and disposed on the group's.
/// </summary>
public abstract class GroupSocket : DatagramWriter, IDisposable
{
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Datagrams that the kernel dropped because the receive queue was full; 0 where the platform does not tell.</summary>
    public abstract long QueueDrops { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
