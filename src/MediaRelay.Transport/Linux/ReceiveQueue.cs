using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MediaRelay.Transport.Linux;

/// <summary>What the kernel tells of a socket's receive queue.</summary>
internal static class ReceiveQueue
{
    // Index of the drops in what SO_MEMINFO gives (UAPI, linux/sock_diag.h, SK_MEMINFO_DROPS).
    private const int MemInfoDrops = 8;

    /// <summary>
    /// Datagrams that found the queue full since the socket was opened; 0 where the kernel does not tell (before 4.12). SO_RXQ_OVFL would
    /// cost a control message per datagram and tell of the last drops only with the next datagram that is taken.
    /// </summary>
    public static long DropsOf(Socket socket)
    {
        Span<uint> counters = stackalloc uint[16];
        int length;
        try
        {
            length = socket.GetRawSocketOption(LibC.SolSocket, LibC.SoMemInfo, MemoryMarshal.AsBytes(counters));
        }
        catch (SocketException)
        {
            return 0; // the kernel does not have it
        }

        return length > MemInfoDrops * sizeof(uint) ? counters[MemInfoDrops] : 0;
    }
}
