using System.Net.Sockets;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// Datagrams of one socket of a <see cref="LinuxUdpSocketGroup"/> on their way to sendmmsg. Where wanted, neighbours to the same address
/// that are equally long (the last may be shorter) leave as one message that the kernel cuts again (UDP_SEGMENT).
/// </summary>
internal sealed unsafe class GroupSendBatch
{
    private const int MaxDatagrams = UdpSocketOptions.SegmentLimit;

    private readonly SegmentationSwitch _segmentation;
    private readonly LibC.MultiMessageHeader* _headers;
    private readonly LibC.MultiMessageHeader* _single;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _data;
    private LinuxGroupSocket? _sender;
    private int _datagrams;
    private int _messages;

    // The last message, as long as it may grow.
    private TransportAddress _openRemote;
    private int _openLength;
    private int _openBytes;

    public GroupSendBatch(NativeBlock memory, bool segments)
    {
        _segmentation = new SegmentationSwitch(segments && HasSegmentation());
        _headers = memory.Take<LibC.MultiMessageHeader>(MaxDatagrams);
        _single = memory.Take<LibC.MultiMessageHeader>(1);
        _vectors = memory.Take<LibC.IoVector>(MaxDatagrams);
        _names = memory.Take<byte>(MaxDatagrams * SocketAddressCodec.MaxAddressLength);
        _controls = memory.Take<byte>(MaxDatagrams * ControlMessageCodec.MaxSendLength);
        _data = memory.Take<byte>(MaxDatagrams * PacketBuffer.MaxLength);
    }

    public long DatagramsSent { get; private set; }

    public long SegmentedDatagrams { get; private set; }

    public long SendErrors { get; private set; }

    /// <summary>Space for one datagram; what another socket wrote before leaves first.</summary>
    public Span<byte> Reserve(LinuxGroupSocket socket, int maxLength)
    {
        if (_sender != socket || _datagrams == MaxDatagrams)
        {
            Flush();
        }

        return new Span<byte>(_data + (_datagrams * PacketBuffer.MaxLength), Math.Min(maxLength, PacketBuffer.MaxLength));
    }

    public void Commit(LinuxGroupSocket socket, in TransportAddress remote, int length)
    {
        _sender = socket;
        _vectors[_datagrams].Base = _data + (_datagrams * PacketBuffer.MaxLength);
        _vectors[_datagrams].Length = (nuint)length;
        if (!TryExtend(remote, length))
        {
            Start(socket, remote, length);
        }

        _datagrams++;
    }

    public void Flush()
    {
        for (var sent = 0; sent < _messages;)
        {
            var result = LibC.SendMany(_sender!.Descriptor, _headers + sent, (uint)(_messages - sent), LibC.MsgDontWait);
            if (result > 0)
            {
                CountSent(sent, result);
                sent += result;
                continue;
            }

            // The error is that of the first message of the rest; the others have not been tried.
            var datagrams = (int)_headers[sent].Header.VectorCount;
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Eintr:
                    break;
                case LibC.Eio or LibC.Einval or LibC.Emsgsize when datagrams > 1:
                    _segmentation.Failed();
                    SendSingly(_headers[sent].Header);
                    sent++;
                    break;
                default:
                    // Lost like any datagram in the network; the others go on.
                    SendErrors += datagrams;
                    sent++;
                    break;
            }
        }

        _datagrams = 0;
        _messages = 0;
        _openLength = 0;
        _sender = null;
    }

    /// <summary>Sends what the socket has written; before it is closed.</summary>
    public void FlushOf(LinuxGroupSocket socket)
    {
        if (_sender == socket)
        {
            Flush();
        }
    }

    private bool TryExtend(in TransportAddress remote, int length)
    {
        // Also excludes a datagram without bytes, which a segment cannot be.
        if ((uint)(length - 1) >= (uint)_openLength || remote != _openRemote || _openBytes + length > SendBatch.MaxMessageBytes)
        {
            return false;
        }

        var last = _messages - 1;
        ref var header = ref _headers[last].Header;
        if (header.VectorCount == 1)
        {
            header.Control = _controls + (last * ControlMessageCodec.MaxSendLength);
            header.ControlLength = (nuint)ControlMessageCodec.WriteSegment(
                new Span<byte>(header.Control, ControlMessageCodec.MaxSendLength), _openLength);
        }

        header.VectorCount++;
        _openBytes += length;
        if (length < _openLength)
        {
            // Only the last segment may be shorter.
            _openLength = 0;
        }

        return true;
    }

    private void Start(LinuxGroupSocket socket, in TransportAddress remote, int length)
    {
        var name = _names + (_messages * SocketAddressCodec.MaxAddressLength);
        ref var header = ref _headers[_messages++].Header;
        header.Name = name;
        header.NameLength = (uint)SocketAddressCodec.Write(
            new Span<byte>(name, SocketAddressCodec.MaxAddressLength), remote, socket.IsIPv6);
        header.Vectors = _vectors + _datagrams;
        header.VectorCount = 1;
        header.Control = null;
        header.ControlLength = 0;
        header.Flags = 0;
        _openRemote = remote;
        _openBytes = length;
        _openLength = _segmentation.IsOn ? length : 0;
    }

    private void CountSent(int first, int count)
    {
        _segmentation.Sent(count);
        for (var i = first; i < first + count; i++)
        {
            var datagrams = (int)_headers[i].Header.VectorCount;
            DatagramsSent += datagrams;
            if (datagrams > 1)
            {
                SegmentedDatagrams += datagrams;
                _segmentation.Succeeded();
            }
        }
    }

    /// <summary>Sends the datagrams of a refused message one by one.</summary>
    private void SendSingly(in LibC.MessageHeader message)
    {
        for (var i = 0; i < (int)message.VectorCount; i++)
        {
            ref var header = ref _single->Header;
            header = message;
            header.Vectors = message.Vectors + i;
            header.VectorCount = 1;
            header.Control = null;
            header.ControlLength = 0;
            int result;
            do
            {
                result = LibC.SendMany(_sender!.Descriptor, _single, 1, LibC.MsgDontWait);
            }
            while (result <= 0 && Marshal.GetLastPInvokeError() == LibC.Eintr);

            DatagramsSent += result > 0 ? 1 : 0;
            SendErrors += result > 0 ? 0 : 1;
        }
    }

    // A kernel before 4.18 does not know the option and would send a run as one datagram.
    private static bool HasSegmentation()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Span<byte> value = stackalloc byte[sizeof(int)];
        try
        {
            socket.GetRawSocketOption(LibC.SolUdp, LibC.UdpSegment, value);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
