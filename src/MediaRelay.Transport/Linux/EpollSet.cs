using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MediaRelay.Transport.Linux;

/// <summary>An epoll instance (level-triggered, readable only) with an eventfd that wakes it; what is ready is told by number.</summary>
internal sealed unsafe class EpollSet : IDisposable
{
    private const int MaxEvents = 512;
    private const ulong WakeNumber = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _eventFd;
    private readonly byte* _events;
    private int _wakePending;
    private int _ready;

    public EpollSet()
    {
        _epoll = Check(LibC.EpollCreate(LibC.EpollCloexec));
        _eventFd = Check(LibC.EventFd(0, LibC.EfdNonblock | LibC.EfdCloexec));
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * sizeof(LibC.AlignedEpollEvent)));
        AddDescriptor(_eventFd, WakeNumber);
    }

    // The kernel packs the structure on x86-64 only, for the sake of 32-bit programs (UAPI, eventpoll.h).
    private static bool IsPacked => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Watches a descriptor until it is closed; any thread.</summary>
    public void Add(int fd, uint number) => AddDescriptor(fd, number);

    /// <summary>Waits; afterwards <see cref="Numbers"/> lists what is readable. Whole milliseconds, rounded up.</summary>
    public void Wait(TimeSpan timeout)
    {
        var milliseconds = (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        _ready = Math.Max(0, LibC.EpollWait(_epoll, _events, MaxEvents, milliseconds));
    }

    /// <summary>Ends a running or the next wait; any thread.</summary>
    public void Wake()
    {
        // One write is enough until the waiting thread has seen it.
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            var one = 1ul;
            LibC.Write(_eventFd, &one, sizeof(ulong));
        }
    }

    /// <summary>Copies the numbers of the readable descriptors and returns how many; a wake-up is taken note of and left out.</summary>
    public int Numbers(Span<uint> destination)
    {
        var count = 0;
        for (var i = 0; i < _ready && count < destination.Length; i++)
        {
            var number = IsPacked ? ((LibC.PackedEpollEvent*)_events)[i].Data : ((LibC.AlignedEpollEvent*)_events)[i].Data;
            if (number == WakeNumber)
            {
                ulong value;
                LibC.Read(_eventFd, &value, sizeof(ulong));
                Volatile.Write(ref _wakePending, 0);
            }
            else
            {
                destination[count++] = (uint)number;
            }
        }

        _ready = 0;
        return count;
    }

    public void Dispose()
    {
        LibC.Close(_epoll);
        LibC.Close(_eventFd);
        NativeMemory.Free(_events);
    }

    private static int Check(int result) => result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    private void AddDescriptor(int fd, ulong number)
    {
        if (IsPacked)
        {
            var packed = new LibC.PackedEpollEvent { Events = LibC.EpollIn, Data = number };
            Check(LibC.EpollControl(_epoll, LibC.EpollAdd, fd, &packed));
        }
        else
        {
            var aligned = new LibC.AlignedEpollEvent { Events = LibC.EpollIn, Data = number };
            Check(LibC.EpollControl(_epoll, LibC.EpollAdd, fd, &aligned));
        }
    }
}
