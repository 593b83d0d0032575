using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// Messages as recvmmsg gives them, handed out as datagrams. A message is received into a packet buffer and, behind it, into space for
/// the rest of a burst (UDP_GRO): a datagram that comes alone is not copied, of a burst all but the first are.
/// </summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    private const int MaxMessages = UdpSocket.ReceiveBatch;

    // What a packet buffer took is moved in front of what follows, so that a burst lies in one piece: one buffer and the longest burst.
    private const int BurstLength = 65_536;
    private const int BurstSpace = PacketBuffer.MaxLength + BurstLength;

    private readonly UdpSocket _socket;
    private readonly int _fd;
    private readonly TransportAddress _boundAddress;
    private readonly PacketBuffer?[] _buffers = new PacketBuffer?[MaxMessages];
    private readonly int _vectorsPerMessage;
    private readonly LibC.MultiMessageHeader* _headers;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _bursts;
    private readonly KernelClock _kernelClock = new(TimeProvider.System);
    private int _used = MaxMessages;
    private int _received;

    // Of what was received, the message that comes next, and how much of it was handed out.
    private int _next;
    private int _offset;

    public ReceiveBatch(UdpSocket socket, int fd, in TransportAddress boundAddress, bool takesBursts, NativeBlock memory)
    {
        _socket = socket;
        _fd = fd;
        _boundAddress = boundAddress;
        _vectorsPerMessage = takesBursts ? 2 : 1;
        _headers = memory.Take<LibC.MultiMessageHeader>(MaxMessages);
        _vectors = memory.Take<LibC.IoVector>(MaxMessages * 2);
        _names = memory.Take<byte>(MaxMessages * SocketAddressCodec.MaxAddressLength);
        _controls = memory.Take<byte>(MaxMessages * ControlMessageCodec.MaxReceiveLength);
        _bursts = takesBursts ? memory.TakeSpace(MaxMessages * BurstSpace) : null;
    }

    /// <summary>Whether datagrams wait here that the kernel no longer has.</summary>
    public bool HoldsBack => _next < _received;

    /// <inheritdoc cref="UdpSocket.Receive"/>
    public int Receive(LoopClock clock, PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths)
    {
        var capacity = Math.Min(buffers.Length, paths.Length);
        var count = 0;
        var mayBeMore = true;
        while (count < capacity)
        {
            if (HoldsBack)
            {
                count += HandOut(pool, buffers.AsSpan(count, capacity - count), paths.AsSpan(count, capacity - count));
            }
            else if (mayBeMore)
            {
                mayBeMore = Fetch(clock, pool);
            }
            else
            {
                break;
            }
        }

        return count;
    }

    public void Dispose()
    {
        for (var i = 0; i < MaxMessages; i++)
        {
            _buffers[i]?.Dispose();
            _buffers[i] = null;
        }
    }

    /// <summary>Asks the kernel for more; false when it has nothing after that.</summary>
    private bool Fetch(LoopClock clock, PacketPool pool)
    {
        for (var i = 0; i < _used; i++)
        {
            Prepare(i, pool);
        }

        int result;
        do
        {
            result = LibC.ReceiveMany(_fd, _headers, MaxMessages, LibC.MsgDontWait, null);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == LibC.Eintr);

        // Other errors than "nothing there" are those of earlier sends, which reading has cleared.
        _received = Math.Max(0, result);
        _used = _received;
        _next = 0;
        _offset = 0;
        _socket.MessagesReceived += _received;
        if (_received > 0)
        {
            _kernelClock.Compare(clock);
        }

        return _received == MaxMessages;
    }

    private void Prepare(int i, PacketPool pool)
    {
        var buffer = _buffers[i] ??= pool.Rent();
        var vectors = _vectors + (i * 2);

        // The buffers' memory is pinned.
        vectors[0].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Space));
        vectors[0].Length = PacketBuffer.MaxLength;
        vectors[1].Base = BurstOf(i) + PacketBuffer.MaxLength;
        vectors[1].Length = BurstLength;
        ref var header = ref _headers[i].Header;
        header.Name = _names + (i * SocketAddressCodec.MaxAddressLength);
        header.NameLength = SocketAddressCodec.MaxAddressLength;
        header.Vectors = vectors;
        header.VectorCount = (nuint)_vectorsPerMessage;
        header.Control = _controls + (i * ControlMessageCodec.MaxReceiveLength);
        header.ControlLength = ControlMessageCodec.MaxReceiveLength;
        header.Flags = 0;
    }

    private byte* BurstOf(int message) => _bursts + (message * BurstSpace);

    /// <summary>Hands out of the next message what fits; returns how many datagrams.</summary>
    private int HandOut(PacketPool pool, Span<PacketBuffer?> buffers, Span<NetworkPath> paths)
    {
        ref var header = ref _headers[_next].Header;
        var length = (int)_headers[_next].Length;
        var local = _boundAddress;
        ControlMessageCodec.Read(
            new ReadOnlySpan<byte>(header.Control, (int)header.ControlLength), ref local, out var segmentLength, out var kernelTime);
        if (segmentLength == 0 || segmentLength > length)
        {
            segmentLength = length;
        }

        if ((header.Flags & LibC.MsgTrunc) != 0 || segmentLength > PacketBuffer.MaxLength)
        {
            _socket.ReceiveDrops += length == 0 ? 1 : (length + segmentLength - 1) / segmentLength;
            _next++;
            return 0;
        }

        var path = new NetworkPath(local, SocketAddressCodec.Read(new ReadOnlySpan<byte>(header.Name, SocketAddressCodec.MaxAddressLength)));
        var arrivedAt = _kernelClock.ToLoopTime(kernelTime);
        var burst = BurstOf(_next);
        var count = 0;
        if (_offset == 0)
        {
            var first = TakeFirst(segmentLength, new Span<byte>(burst, length > segmentLength ? length : 0));
            first.ArrivedAt = arrivedAt;
            buffers[0] = first;
            paths[0] = path;
            _offset = segmentLength;
            count = 1;
        }

        for (; _offset < length && count < buffers.Length; count++)
        {
            // The last one of a burst may be shorter.
            var segment = new ReadOnlySpan<byte>(burst + _offset, Math.Min(segmentLength, length - _offset));
            var buffer = pool.Rent();
            buffer.TrySet(segment);
            buffer.ArrivedAt = arrivedAt;
            buffers[count] = buffer;
            paths[count] = path;
            _offset += segment.Length;
        }

        _socket.DatagramsReceived += count;
        if (_offset >= length)
        {
            _socket.BytesReceived += length;
            _next++;
            _offset = 0;
        }

        return count;
    }

    /// <summary>The buffer with the message's first datagram; what else of a burst it holds is moved to the rest of it.</summary>
    private PacketBuffer TakeFirst(int segmentLength, Span<byte> burst)
    {
        var buffer = _buffers[_next]!;
        _buffers[_next] = null;
        if (!burst.IsEmpty)
        {
            var end = Math.Min(burst.Length, PacketBuffer.MaxLength);
            buffer.Space[segmentLength..end].CopyTo(burst[segmentLength..]);
        }

        buffer.SetRange(PacketBuffer.Headroom, segmentLength);
        return buffer;
    }
}
