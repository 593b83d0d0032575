using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// A UDP socket with recvmmsg and sendmmsg. The send batch is packed memory: datagrams are encrypted straight into it and neighbours
/// for the same destination lie side by side.
/// </summary>
internal sealed unsafe class LinuxUdpSocket : UdpSocket
{
    private const int SendBatch = 256;
    private const int SendBytes = 256 * 1024;

    private readonly Socket _socket;
    private readonly int _fd;
    private readonly int _eventFd;
    private readonly bool _isIPv6;
    private readonly TransportAddress _boundAddress;
    private readonly PacketBuffer?[] _receiving = new PacketBuffer?[ReceiveBatch];
    private readonly NativeBlock _memory;
    private readonly LibC.MultiMessageHeader* _receiveHeaders;
    private readonly LibC.IoVector* _receiveVectors;
    private readonly byte* _receiveNames;
    private readonly byte* _receiveControls;
    private readonly LibC.MultiMessageHeader* _sendHeaders;
    private readonly LibC.IoVector* _sendVectors;
    private readonly byte* _sendNames;
    private readonly byte* _sendControls;
    private readonly byte* _sendData;
    private readonly BatchWriter _writer;
    private int _wakePending;
    private int _queued;
    private int _queuedBytes;

    public LinuxUdpSocket(IPEndPoint bind, bool shared, int bufferBytes)
    {
        _isIPv6 = SocketAddressCodec.IsIPv6(bind);
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _fd = (int)_socket.Handle;
        if (_isIPv6)
        {
            _socket.DualMode = true;
        }

        if (shared)
        {
            SetOption(LibC.SolSocket, LibC.SoReusePort, 1, required: true);
        }

        // The forced variants pass net.core.rmem_max but need CAP_NET_ADMIN; without it the ordinary ones give what is allowed.
        _socket.ReceiveBufferSize = bufferBytes;
        _socket.SendBufferSize = bufferBytes;
        SetOption(LibC.SolSocket, LibC.SoReceiveBufferForce, bufferBytes, required: false);
        SetOption(LibC.SolSocket, LibC.SoSendBufferForce, bufferBytes, required: false);
        SetOption(LibC.IpProtoIp, LibC.IpPktInfo, 1, required: !_isIPv6);
        if (_isIPv6)
        {
            SetOption(LibC.IpProtoIPv6, LibC.IPv6RecvPktInfo, 1, required: true);
        }

        _socket.Bind(bind);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _boundAddress = TransportAddress.FromIPEndPoint(LocalEndPoint);
        _eventFd = LibC.EventFd(0, LibC.EfdNonblock | LibC.EfdCloexec);
        if (_eventFd < 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }

        _memory = new NativeBlock();
        _receiveHeaders = _memory.Take<LibC.MultiMessageHeader>(ReceiveBatch);
        _receiveVectors = _memory.Take<LibC.IoVector>(ReceiveBatch);
        _receiveNames = _memory.Take<byte>(ReceiveBatch * SocketAddressCodec.MaxAddressLength);
        _receiveControls = _memory.Take<byte>(ReceiveBatch * SocketAddressCodec.ControlLength);
        _sendHeaders = _memory.Take<LibC.MultiMessageHeader>(SendBatch);
        _sendVectors = _memory.Take<LibC.IoVector>(SendBatch);
        _sendNames = _memory.Take<byte>(SendBatch * SocketAddressCodec.MaxAddressLength);
        _sendControls = _memory.Take<byte>(SendBatch * SocketAddressCodec.ControlLength);
        _sendData = _memory.Take<byte>(SendBytes);
        _writer = new BatchWriter(this);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override DatagramWriter Writer => _writer;

    public override void Wait(TimeSpan timeout)
    {
        var ticks = Math.Max(0, timeout.Ticks);
        var wait = new LibC.TimeSpec
        {
            Seconds = ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = ticks % TimeSpan.TicksPerSecond * 100,
        };
        var descriptors = stackalloc LibC.PollDescriptor[2];
        descriptors[0] = new LibC.PollDescriptor { FileDescriptor = _fd, Events = LibC.PollIn };
        descriptors[1] = new LibC.PollDescriptor { FileDescriptor = _eventFd, Events = LibC.PollIn };
        LibC.Poll(descriptors, 2, &wait, null);
        if ((descriptors[1].ReturnedEvents & LibC.PollIn) != 0)
        {
            ulong count;
            LibC.Read(_eventFd, &count, sizeof(ulong));
            Volatile.Write(ref _wakePending, 0);
        }
    }

    public override void Wake()
    {
        // One write is enough until the loop has seen it.
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            var one = 1ul;
            LibC.Write(_eventFd, &one, sizeof(ulong));
        }
    }

    public override int Receive(PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths)
    {
        for (var i = 0; i < ReceiveBatch; i++)
        {
            var buffer = _receiving[i] ??= pool.Rent();
            _receiveVectors[i].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Space));
            _receiveVectors[i].Length = PacketBuffer.MaxLength;
            ref var header = ref _receiveHeaders[i].Header;
            header.Name = _receiveNames + (i * SocketAddressCodec.MaxAddressLength);
            header.NameLength = SocketAddressCodec.MaxAddressLength;
            header.Vectors = _receiveVectors + i;
            header.VectorCount = 1;
            header.Control = _receiveControls + (i * SocketAddressCodec.ControlLength);
            header.ControlLength = SocketAddressCodec.ControlLength;
            header.Flags = 0;
        }

        var received = LibC.ReceiveMany(_fd, _receiveHeaders, ReceiveBatch, LibC.MsgDontWait, null);
        var count = 0;
        for (var i = 0; i < received; i++)
        {
            ref var header = ref _receiveHeaders[i].Header;
            if ((header.Flags & LibC.MsgTrunc) != 0)
            {
                continue;
            }

            var length = (int)_receiveHeaders[i].Length;
            var buffer = _receiving[i]!;
            _receiving[i] = null;
            buffer.SetRange(PacketBuffer.Headroom, length);
            var remote = SocketAddressCodec.Read(new ReadOnlySpan<byte>(header.Name, SocketAddressCodec.MaxAddressLength));
            var control = new ReadOnlySpan<byte>(header.Control, (int)header.ControlLength);
            var local = SocketAddressCodec.TryReadPacketInfo(control, _boundAddress.Port, out var found) ? found : _boundAddress;
            buffers[count] = buffer;
            paths[count] = new NetworkPath(local, remote);
            DatagramsReceived++;
            BytesReceived += length;
            count++;
        }

        return count;
    }

    public override void Flush()
    {
        var sent = 0;
        while (sent < _queued)
        {
            var result = LibC.SendMany(_fd, _sendHeaders + sent, (uint)(_queued - sent), LibC.MsgDontWait);
            if (result > 0)
            {
                sent += result;
                DatagramsSent += result;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LibC.Eintr)
            {
                continue;
            }

            // The first datagram of the rest was refused (its peer's port is closed, or our queue is full): it is lost like any
            // datagram in the network, the others go on.
            SendErrors++;
            sent++;
        }

        _queued = 0;
        _queuedBytes = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();

            // Who wakes the loop from now on writes nothing: the descriptor's number may be somebody else's soon.
            Interlocked.Exchange(ref _wakePending, 1);
            LibC.Close(_eventFd);
            _memory.Dispose();
            foreach (var buffer in _receiving)
            {
                buffer?.Dispose();
            }
        }
    }

    private void SetOption(int level, int option, int value, bool required)
    {
        try
        {
            _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
        catch (SocketException) when (!required)
        {
            // Without the capability the buffer keeps the size that the system allows.
        }
    }

    private sealed class BatchWriter(LinuxUdpSocket socket) : DatagramWriter
    {
        private NetworkPath _path;

        public override Span<byte> Reserve(in NetworkPath path, int maxLength)
        {
            if (socket._queued == SendBatch || socket._queuedBytes + maxLength > SendBytes)
            {
                socket.Flush();
            }

            _path = path;
            return new Span<byte>(socket._sendData + socket._queuedBytes, maxLength);
        }

        public override void Commit(int length)
        {
            var i = socket._queued;
            var name = socket._sendNames + (i * SocketAddressCodec.MaxAddressLength);
            var control = socket._sendControls + (i * SocketAddressCodec.ControlLength);
            socket._sendVectors[i].Base = socket._sendData + socket._queuedBytes;
            socket._sendVectors[i].Length = (nuint)length;
            ref var header = ref socket._sendHeaders[i].Header;
            header.Name = name;
            header.NameLength = (uint)SocketAddressCodec.Write(
                new Span<byte>(name, SocketAddressCodec.MaxAddressLength), _path.Remote, socket._isIPv6);
            header.Vectors = socket._sendVectors + i;
            header.VectorCount = 1;
            if (_path.Local.IsUnspecified)
            {
                header.Control = null;
                header.ControlLength = 0;
            }
            else
            {
                header.Control = control;
                header.ControlLength = (nuint)SocketAddressCodec.WritePacketInfo(
                    new Span<byte>(control, SocketAddressCodec.ControlLength), _path.Local, socket._isIPv6);
            }

            header.Flags = 0;
            socket._queued++;
            socket._queuedBytes += length;
            socket.BytesSent += length;
        }
    }
}
