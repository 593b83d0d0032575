using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Transport.Groups;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// Many sockets behind one epoll. Receive space and send batch are the group's, not the sockets', so that thousands of clients cost
/// little memory: what one socket received is handed out before the next is read, and a batch is sent when another socket writes.
/// </summary>
internal sealed unsafe class LinuxUdpSocketGroup : UdpSocketGroup
{
    private const int ReceiveBatch = 32;
    private const int BurstLength = 65_536;
    private const int ControlLength = 64;
    private const int ReadyBatch = 512;

    private readonly bool _takeBursts;
    private readonly int _spaceLength;
    private readonly EpollSet _epoll = new();
    private readonly NativeBlock _memory = new();
    private readonly LibC.MultiMessageHeader* _receiveHeaders;
    private readonly byte* _receiveData;
    private readonly byte* _receiveNames;
    private readonly byte* _receiveControls;
    private readonly LibC.IoVector* _receiveVectors;
    private readonly GroupSendBatch _sending;
    private readonly uint[] _readyNumbers = new uint[ReadyBatch];
    private readonly Lock _lock = new();
    private readonly Stack<int> _freeNumbers = new();
    private volatile LinuxGroupSocket?[] _sockets = new LinuxGroupSocket?[64];
    private int _socketCount;
    private int _ready;

    public LinuxUdpSocketGroup(bool takeBursts, bool sendBursts)
    {
        _takeBursts = takeBursts;
        _spaceLength = takeBursts ? BurstLength : PacketBuffer.MaxLength;
        _receiveHeaders = _memory.Take<LibC.MultiMessageHeader>(ReceiveBatch);
        _receiveVectors = _memory.Take<LibC.IoVector>(ReceiveBatch);
        _receiveNames = _memory.Take<byte>(ReceiveBatch * SocketAddressCodec.MaxAddressLength);
        _receiveControls = _memory.Take<byte>(ReceiveBatch * ControlLength);
        _receiveData = _memory.Take<byte>(ReceiveBatch * _spaceLength);
        _sending = new GroupSendBatch(_memory, sendBursts);
        for (var i = 0; i < ReceiveBatch; i++)
        {
            _receiveVectors[i].Base = _receiveData + (i * _spaceLength);
            _receiveVectors[i].Length = (nuint)_spaceLength;
        }
    }

    public override GroupSocket Open(IPEndPoint bind, int bufferBytes, DatagramReceiver receiver)
    {
        var socket = new LinuxGroupSocket(this, bind, bufferBytes, receiver);
        if (_takeBursts)
        {
            socket.SetOption(LibC.SolUdp, LibC.UdpGro, 1);
        }

        lock (_lock)
        {
            if (!_freeNumbers.TryPop(out var number))
            {
                number = _socketCount++;
                if (number == _sockets.Length)
                {
                    var grown = new LinuxGroupSocket?[_sockets.Length * 2];
                    _sockets.CopyTo(grown, 0);
                    _sockets = grown;
                }
            }

            socket.Number = number;
            _sockets[number] = socket;
        }

        _epoll.Add(socket.Descriptor, (uint)socket.Number);
        return socket;
    }

    public override void Wait(TimeSpan timeout)
    {
        _epoll.Wait(timeout);
        _ready = _epoll.Numbers(_readyNumbers);
    }

    public override void Wake() => _epoll.Wake();

    public override int Receive(LoopClock clock)
    {
        var total = 0;
        var sockets = _sockets;
        for (var i = 0; i < _ready; i++)
        {
            if (sockets[_readyNumbers[i]] is { } socket)
            {
                total += ReceiveFrom(socket, clock);
            }
        }

        _ready = 0;
        return total;
    }

    public override void Flush()
    {
        _sending.Flush();
        CountSent();
    }

    internal Span<byte> Reserve(LinuxGroupSocket socket, int maxLength) => _sending.Reserve(socket, maxLength);

    internal void Commit(LinuxGroupSocket socket, in TransportAddress remote, int length) => _sending.Commit(socket, remote, length);

    internal void Remove(LinuxGroupSocket socket)
    {
        _sending.FlushOf(socket);
        CountSent();
        lock (_lock)
        {
            _sockets[socket.Number] = null;
            _freeNumbers.Push(socket.Number);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var socket in _sockets)
            {
                socket?.Dispose();
            }

            _epoll.Dispose();
            _memory.Dispose();
        }
    }

    private void CountSent() =>
        (DatagramsSent, SegmentedDatagrams, SendErrors) = (_sending.DatagramsSent, _sending.SegmentedDatagrams, _sending.SendErrors);

    private int ReceiveFrom(LinuxGroupSocket socket, LoopClock clock)
    {
        for (var i = 0; i < ReceiveBatch; i++)
        {
            ref var header = ref _receiveHeaders[i].Header;
            header.Name = _receiveNames + (i * SocketAddressCodec.MaxAddressLength);
            header.NameLength = SocketAddressCodec.MaxAddressLength;
            header.Vectors = _receiveVectors + i;
            header.VectorCount = 1;
            header.Control = _takeBursts ? _receiveControls + (i * ControlLength) : null;
            header.ControlLength = _takeBursts ? ControlLength : 0u;
            header.Flags = 0;
        }

        var received = LibC.ReceiveMany(socket.Descriptor, _receiveHeaders, ReceiveBatch, LibC.MsgDontWait, null);
        if (received <= 0)
        {
            // Nothing after all, or an ICMP error of an earlier send, which reading has cleared.
            return 0;
        }

        var now = clock.Now;
        var total = 0;
        for (var i = 0; i < received; i++)
        {
            ref var header = ref _receiveHeaders[i].Header;
            if ((header.Flags & LibC.MsgTrunc) != 0)
            {
                Truncated++;
                continue;
            }

            var remote = SocketAddressCodec.Read(new ReadOnlySpan<byte>(header.Name, SocketAddressCodec.MaxAddressLength));
            var path = new NetworkPath(socket.Address, remote);
            var data = new Span<byte>(_receiveVectors[i].Base, (int)_receiveHeaders[i].Length);
            BytesReceived += data.Length;
            var segment = _takeBursts ? SegmentLength(header) : 0;
            do
            {
                // The last segment of a burst may be shorter; without a burst there is one.
                var length = segment > 0 ? Math.Min(segment, data.Length) : data.Length;
                socket.Receiver.Receive(now, data[..length], path);
                data = data[length..];
                total++;
            }
            while (!data.IsEmpty);
        }

        DatagramsReceived += total;
        return total;
    }

    // The one control message that these sockets ask for: cmsghdr (16 bytes), then the segment length as int.
    private static int SegmentLength(in LibC.MessageHeader header)
    {
        if (header.ControlLength < 20)
        {
            return 0;
        }

        var words = (int*)header.Control;
        return words[2] == LibC.SolUdp && words[3] == LibC.UdpGro ? words[4] : 0;
    }
}
