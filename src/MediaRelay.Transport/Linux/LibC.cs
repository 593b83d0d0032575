using System.Runtime.InteropServices;

namespace MediaRelay.Transport.Linux;

/// <summary>The Linux system calls and structures that .NET does not offer (dotnet/runtime#101036), as in the kernel's UAPI on 64 bit.</summary>
internal static unsafe partial class LibC
{
    public const int AddressFamilyIPv4 = 2;
    public const int AddressFamilyIPv6 = 10;
    public const int Eagain = 11;
    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Einval = 22;
    public const int Emsgsize = 90;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int EfdNonblock = 0x800;
    public const int EfdCloexec = 0x80000;
    public const int MsgDontWait = 0x40;
    public const int MsgTrunc = 0x20;
    public const int IpProtoIp = 0;
    public const int IpPktInfo = 8;
    public const int IpProtoIPv6 = 41;
    public const int IPv6RecvPktInfo = 49;
    public const int IPv6PktInfo = 50;
    public const int SolSocket = 1;
    public const int SoReusePort = 15;
    public const int SoReceiveBufferForce = 33;
    public const int SoSendBufferForce = 32;
    public const int SoMemInfo = 55;

    // SO_TIMESTAMPNS_OLD, which is also the type of the control message; "old" is the layout of a 64-bit struct timespec here.
    public const int SoTimestampNs = 35;
    public const int SolUdp = 17;
    public const int UdpSegment = 103;
    public const int UdpGro = 104;
    public const int EpollCloexec = 0x80000;
    public const int EpollAdd = 1;
    public const uint EpollIn = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MultiMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int FileDescriptor;
        public short Events;
        public short ReturnedEvents;
    }

    /// <summary>struct epoll_event, which only x86-64 packs.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct PackedEpollEvent
    {
        public uint Events;
        public ulong Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct AlignedEpollEvent
    {
        public uint Events;
        public ulong Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;

        /// <summary>A time of 0 or more.</summary>
        public static TimeSpec From(TimeSpan time) => new()
        {
            Seconds = time.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
    }

    /// <summary>1 when it took effect. glibc alone has it.</summary>
    [LibraryImport("libc", EntryPoint = "mallopt")]
    public static partial int SetMallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(int fd, MultiMessageHeader* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(int fd, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signalMask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, void* epollEvent);

    // epoll_pwait2 takes nanoseconds but needs glibc 2.35; milliseconds are enough for clients.
    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);
}
