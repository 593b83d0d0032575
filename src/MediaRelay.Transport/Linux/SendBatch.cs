using System.Diagnostics;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>sendmmsg, which a test may replace. Returns the messages sent, or -1 with the error in the last P/Invoke error.</summary>
internal unsafe delegate int SendManyCall(int fd, LibC.MultiMessageHeader* messages, uint count, int flags);

/// <summary>
/// Datagrams on their way to sendmmsg, in packed memory: they are encrypted straight into it, and neighbours for the same peer lie side
/// by side. Those that are equally long become one message that the kernel cuts again (UDP_SEGMENT): one walk through its stack for
/// a peer's packets of a video frame.
/// </summary>
internal sealed unsafe class SendBatch : DatagramWriter
{
    /// <summary>Stays below what a UDP datagram can carry over IPv4 (65,507) and IPv6 (65,527), with space for options.</summary>
    public const int MaxMessageBytes = 65_000;

    private const int MaxMessages = 256;

    // Fits into a second-level cache together with the packets that it is made from.
    private const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(1);

    // poll tells only when half of the send queue is free, so sending is tried again long before.
    private static readonly TimeSpan WaitStep = TimeSpan.FromMicroseconds(250);

    private readonly UdpSocket _socket;
    private readonly int _fd;
    private readonly bool _isIPv6;
    private readonly int _maxSegments;
    private readonly SendManyCall _sendMany;
    private readonly SegmentationSwitch _segmentation;
    private readonly LibC.MultiMessageHeader* _headers;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _data;
    private readonly byte[] _segments = new byte[MaxMessages];
    private readonly LibC.MultiMessageHeader* _singleHeaders;
    private readonly LibC.IoVector* _singleVectors;
    private readonly byte[] _singleSegments = new byte[UdpSocketOptions.SegmentLimit];
    private TimeSpan _waitLeft = MaxWait;
    private int _messages;
    private int _bytes;
    private NetworkPath _path;
    private int _reserved = -1;

    // Of the last message's segments; 0 when it may not grow.
    private int _openSegmentLength;

    public SendBatch(
        UdpSocket socket, int fd, bool isIPv6, SegmentationSwitch segmentation, int maxSegments, NativeBlock memory, SendManyCall sendMany)
    {
        _socket = socket;
        _fd = fd;
        _isIPv6 = isIPv6;
        _segmentation = segmentation;
        _maxSegments = maxSegments;
        _sendMany = sendMany;
        _headers = memory.Take<LibC.MultiMessageHeader>(MaxMessages);
        _vectors = memory.Take<LibC.IoVector>(MaxMessages);
        _names = memory.Take<byte>(MaxMessages * SocketAddressCodec.MaxAddressLength);
        _controls = memory.Take<byte>(MaxMessages * ControlMessageCodec.MaxSendLength);
        _data = memory.Take<byte>(MaxBytes);
        _singleHeaders = memory.Take<LibC.MultiMessageHeader>(UdpSocketOptions.SegmentLimit);
        _singleVectors = memory.Take<LibC.IoVector>(UdpSocketOptions.SegmentLimit);
        Array.Fill(_singleSegments, (byte)1);
    }

    public override void To(in NetworkPath path)
    {
        if (_path != path)
        {
            _path = path;
            _openSegmentLength = 0;
        }
    }

    public override Span<byte> Reserve(int maxLength)
    {
        if ((uint)maxLength > PacketBuffer.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(maxLength), maxLength, "a datagram has a buffer's length at most");
        }

        if (_messages == MaxMessages || _bytes + maxLength > MaxBytes)
        {
            SendAll();
        }

        _reserved = maxLength;
        return new Span<byte>(_data + _bytes, maxLength);
    }

    public override void Commit(int length)
    {
        if (length < 0 || length > _reserved)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "more than was reserved");
        }

        if (!TryExtend(length))
        {
            Start(length);
        }

        _bytes += length;
        _reserved = -1;
    }

    /// <summary>Ends a turn: sends what waits, and the next turn may wait for the send queue again.</summary>
    public void Flush()
    {
        SendAll();
        _waitLeft = MaxWait;
    }

    private bool TryExtend(int length)
    {
        // Also excludes a datagram without bytes, which a segment cannot be.
        if ((uint)(length - 1) >= (uint)_openSegmentLength)
        {
            return false;
        }

        var last = _messages - 1;
        var segments = _segments[last];
        ref var vector = ref _vectors[last];
        if (segments == _maxSegments || (int)vector.Length + length > MaxMessageBytes)
        {
            return false;
        }

        if (segments == 1)
        {
            ref var header = ref _headers[last].Header;
            header.Control = ControlOf(last);
            header.ControlLength += (nuint)ControlMessageCodec.WriteSegment(
                new Span<byte>(header.Control + header.ControlLength, ControlMessageCodec.MaxSendLength - (int)header.ControlLength),
                _openSegmentLength);
        }

        vector.Length += (nuint)length;
        _segments[last] = (byte)(segments + 1);
        if (length < _openSegmentLength)
        {
            // Only the last segment may be shorter.
            _openSegmentLength = 0;
        }

        return true;
    }

    private void Start(int length)
    {
        var i = _messages++;
        var name = _names + (i * SocketAddressCodec.MaxAddressLength);
        _vectors[i] = new LibC.IoVector { Base = _data + _bytes, Length = (nuint)length };
        ref var header = ref _headers[i].Header;
        header.Name = name;
        header.NameLength = (uint)SocketAddressCodec.Write(
            new Span<byte>(name, SocketAddressCodec.MaxAddressLength), _path.Remote, _isIPv6);
        header.Vectors = _vectors + i;
        header.VectorCount = 1;
        header.Control = null;
        header.ControlLength = 0;
        header.Flags = 0;
        if (!_path.Local.IsUnspecified)
        {
            header.Control = ControlOf(i);
            header.ControlLength = (nuint)ControlMessageCodec.WritePacketInfo(
                new Span<byte>(header.Control, ControlMessageCodec.MaxSendLength), _path.Local, _isIPv6);
        }

        _segments[i] = 1;
        _openSegmentLength = _segmentation.IsOn ? length : 0;
    }

    private byte* ControlOf(int message) => _controls + (message * ControlMessageCodec.MaxSendLength);

    private void SendAll()
    {
        Send(_headers, _segments, _messages);
        _messages = 0;
        _bytes = 0;
        _openSegmentLength = 0;
    }

    private void Send(LibC.MultiMessageHeader* headers, byte[] segments, int count)
    {
        var sent = 0;
        while (sent < count)
        {
            var result = _sendMany(_fd, headers + sent, (uint)(count - sent), LibC.MsgDontWait);
            _socket.SendCalls++;
            if (result > 0)
            {
                CountSent(headers + sent, segments.AsSpan(sent, result));
                sent += result;
                continue;
            }

            // The error is that of the first message of the rest; the others have not been tried.
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Eintr:
                case LibC.Eagain when WaitForSpace():
                    break;
                case LibC.Eagain:
                    _socket.SendErrors += segments[sent];
                    _socket.SendQueueDrops += segments[sent];
                    sent++;
                    break;
                case LibC.Eio or LibC.Einval or LibC.Emsgsize when segments[sent] > 1:
                    _socket.SegmentationFailures++;
                    _segmentation.Failed();
                    SendSingly(headers[sent].Header, segments[sent]);
                    sent++;
                    break;
                default:
                    // Lost like any datagram in the network; the other peers get theirs.
                    _socket.SendErrors += segments[sent];
                    sent++;
                    break;
            }
        }
    }

    private void CountSent(LibC.MultiMessageHeader* headers, ReadOnlySpan<byte> segments)
    {
        _socket.MessagesSent += segments.Length;
        _segmentation.Sent(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            _socket.BytesSent += headers[i].Length;
            _socket.DatagramsSent += segments[i];
            if (segments[i] > 1)
            {
                _socket.SegmentedDatagrams += segments[i];
                _segmentation.Succeeded();
            }
        }
    }

    /// <summary>Sends the datagrams of a refused message one by one; they lie side by side.</summary>
    private void SendSingly(in LibC.MessageHeader message, int count)
    {
        var rest = *message.Vectors;

        // The segment's control message is the last one (CMSG_SPACE of 2 bytes), its data starts after the header of 16.
        var controlLength = message.ControlLength - 24;
        var segmentLength = (nuint)(*(ushort*)(message.Control + controlLength + 16));
        for (var i = 0; i < count; i++)
        {
            var length = Math.Min(segmentLength, rest.Length);
            _singleVectors[i] = new LibC.IoVector { Base = rest.Base, Length = length };
            rest.Base += length;
            rest.Length -= length;
            ref var header = ref _singleHeaders[i].Header;
            header = message;
            header.Vectors = _singleVectors + i;
            header.ControlLength = controlLength;
            if (controlLength == 0)
            {
                header.Control = null;
            }
        }

        Send(_singleHeaders, _singleSegments, count);
    }

    /// <summary>
    /// Gives a full send queue a moment, within what is left for this turn: dropping at once would cost all peers that come later in
    /// the batch their frame, and waiting for long would let the receive queue overflow.
    /// </summary>
    private bool WaitForSpace()
    {
        if (_waitLeft <= TimeSpan.Zero)
        {
            return false;
        }

        var started = Stopwatch.GetTimestamp();
        var wait = LibC.TimeSpec.From(_waitLeft < WaitStep ? _waitLeft : WaitStep);
        var descriptor = new LibC.PollDescriptor { FileDescriptor = _fd, Events = LibC.PollOut };
        LibC.Poll(&descriptor, 1, &wait, null);
        _waitLeft -= Stopwatch.GetElapsedTime(started);
        return true;
    }
}
