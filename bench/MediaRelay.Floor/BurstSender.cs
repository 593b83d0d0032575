using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MediaRelay.Floor;

/// <summary>Sends runs of equally long datagrams to one viewer in one call (UDP_SEGMENT).</summary>
internal sealed unsafe partial class BurstSender : IDisposable
{
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int AddressLength = 16;
    private const int ControlLength = 24;
    private const int SegmentHeaderLength = 18;

    private readonly int _fd;
    private readonly int _packetLength;
    private readonly int _runLength;
    private readonly byte* _data;
    private readonly MultiMessageHeader* _messages;
    private readonly byte* _controls;
    private readonly byte* _addresses;
    private readonly IoVector* _vectors;

    public BurstSender(Socket socket, SocketAddress[] viewers, int packetLength, int runLength)
    {
        _fd = (int)socket.Handle;
        _packetLength = packetLength;
        _runLength = runLength;
        var count = (nuint)viewers.Length;
        _data = (byte*)NativeMemory.AllocZeroed(count * (nuint)(runLength * packetLength));
        _messages = (MultiMessageHeader*)NativeMemory.AllocZeroed(count * (nuint)sizeof(MultiMessageHeader));
        _controls = (byte*)NativeMemory.AllocZeroed(count * ControlLength);
        _addresses = (byte*)NativeMemory.AllocZeroed(count * AddressLength);
        _vectors = (IoVector*)NativeMemory.AllocZeroed(count * (nuint)sizeof(IoVector));
        for (var i = 0; i < viewers.Length; i++)
        {
            Prepare(i, viewers[i]);
        }
    }

    /// <summary>Where packet <paramref name="index"/> of the viewer's next run is written.</summary>
    public Span<byte> Space(int viewer, int index) =>
        new(_data + (((viewer * _runLength) + index) * _packetLength), _packetLength);

    public void Send(int viewer)
    {
        if (SendMany(_fd, _messages + viewer, 1, 0) != 1)
        {
            throw new InvalidOperationException($"sendmmsg failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_vectors);
    }

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int fd, MultiMessageHeader* messages, uint count, int flags);

    private void Prepare(int viewer, SocketAddress address)
    {
        var name = _addresses + (viewer * AddressLength);
        address.Buffer.Span[..AddressLength].CopyTo(new Span<byte>(name, AddressLength));
        _vectors[viewer].Base = _data + (viewer * _runLength * _packetLength);
        _vectors[viewer].Length = (nuint)(_runLength * _packetLength);
        ref var message = ref _messages[viewer];
        message.Name = name;
        message.NameLength = AddressLength;
        message.Vectors = _vectors + viewer;
        message.VectorCount = 1;
        if (_runLength == 1)
        {
            return;
        }

        // cmsghdr: length, level, type; then the segments' length in 16 bits.
        var control = _controls + (viewer * ControlLength);
        *(ulong*)control = SegmentHeaderLength;
        *(int*)(control + 8) = SolUdp;
        *(int*)(control + 12) = UdpSegment;
        *(ushort*)(control + 16) = (ushort)_packetLength;
        message.Control = control;
        message.ControlLength = ControlLength;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MultiMessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public nint Flags; // an int, and what fills msghdr up to the next pointer
        public uint Length;
    }
}
