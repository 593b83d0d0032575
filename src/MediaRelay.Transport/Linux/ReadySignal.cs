using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MediaRelay.Transport.Linux;

/// <summary>Waits for a descriptor to be readable or for a wake-up from another thread, which is a system call only for one who sleeps.</summary>
internal sealed unsafe class ReadySignal : IDisposable
{
    private readonly int _fd;
    private readonly int _eventFd;
    private int _wakePending;
    private int _isSleeping;

    public ReadySignal(int fd)
    {
        _fd = fd;
        _eventFd = LibC.EventFd(0, LibC.EfdNonblock | LibC.EfdCloexec);
        if (_eventFd < 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    public void Wait(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            Interlocked.Exchange(ref _wakePending, 0);
            return;
        }

        // First say that we sleep, then look for a wake-up; Wake does the same the other way round. With a full barrier on either side
        // at least one of the two sees the other.
        Interlocked.Exchange(ref _isSleeping, 1);
        if (Volatile.Read(ref _wakePending) == 0)
        {
            Sleep(timeout);
        }

        Volatile.Write(ref _isSleeping, 0);

        // A barrier again: what the waking thread left for us is looked at after the mark is gone.
        Interlocked.Exchange(ref _wakePending, 0);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) == 0 && Volatile.Read(ref _isSleeping) != 0)
        {
            var one = 1ul;
            LibC.Write(_eventFd, &one, sizeof(ulong));
        }
    }

    public void Dispose()
    {
        // Who wakes from now on writes nothing: the descriptor's number may be somebody else's soon.
        Interlocked.Exchange(ref _wakePending, 1);
        LibC.Close(_eventFd);
    }

    private void Sleep(TimeSpan timeout)
    {
        var wait = LibC.TimeSpec.From(timeout);
        var descriptors = stackalloc LibC.PollDescriptor[2];
        descriptors[0] = new LibC.PollDescriptor { FileDescriptor = _fd, Events = LibC.PollIn };
        descriptors[1] = new LibC.PollDescriptor { FileDescriptor = _eventFd, Events = LibC.PollIn };
        LibC.Poll(descriptors, 2, &wait, null);

        // A write may also come late, after its wake-up was seen; then it ends the next sleep early, which does no harm.
        if ((descriptors[1].ReturnedEvents & LibC.PollIn) != 0)
        {
            ulong count;
            LibC.Read(_eventFd, &count, sizeof(ulong));
        }
    }
}
