using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MediaRelay.Testing;

/// <summary>Waits for several sockets to become readable, with a timeout finer than the millisecond of <see cref="Socket.Select"/>.</summary>
internal sealed unsafe partial class SocketPoll
{
    private const short Readable = 0x0001;

    private PollDescriptor[] _descriptors = [];

    /// <summary>The sockets of the next waits, in the order by which <see cref="IsReady"/> knows them.</summary>
    public void Watch(IReadOnlyList<Socket> sockets)
    {
        _descriptors = new PollDescriptor[sockets.Count];
        for (var i = 0; i < sockets.Count; i++)
        {
            _descriptors[i] = new PollDescriptor { Fd = (int)sockets[i].Handle, Events = Readable };
        }
    }

    /// <summary>Returns when a socket has something, or its error, to read; at the latest after <paramref name="timeout"/>.</summary>
    public void Wait(TimeSpan timeout)
    {
        var time = new TimeSpec { Seconds = timeout.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
        fixed (PollDescriptor* descriptors = _descriptors)
        {
            if (Poll(descriptors, (nuint)_descriptors.Length, &time, null) < 0)
            {
                // A signal of the runtime's: what is ready is told by the next wait.
                for (var i = 0; i < _descriptors.Length; i++)
                {
                    _descriptors[i].Returned = 0;
                }
            }
        }
    }

    public bool IsReady(int index) => _descriptors[index].Returned != 0;

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
