using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>A UDP socket with recvmmsg and sendmmsg, and with UDP_SEGMENT and UDP_GRO where the kernel has them.</summary>
internal sealed unsafe class LinuxUdpSocket : UdpSocket
{
    private readonly Socket _socket;
    private readonly ReadySignal _signal;
    private readonly NativeBlock _memory = new();
    private readonly SegmentationSwitch _segmentation;
    private readonly ReceiveBatch _receiving;
    private readonly SendBatch _sending;

    // Others ask for the drops while the loop's owner closes the socket.
    private readonly Lock _closeLock = new();
    private long? _finalQueueDrops;

    /// <exception cref="SocketException">The address is in use or not one of this machine, or there are no descriptors left.</exception>
    public LinuxUdpSocket(IPEndPoint bind, UdpSocketOptions options)
        : this(bind, options, LibC.SendMany)
    {
    }

    internal LinuxUdpSocket(IPEndPoint bind, UdpSocketOptions options, SendManyCall sendMany)
    {
        var isIPv6 = SocketAddressCodec.IsIPv6(bind);
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            Configure(options, isIPv6);
            TakesBursts = options.Segmentation && TrySetOption(LibC.SolUdp, LibC.UdpGro, 1);
            _socket.Bind(bind);
            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
            _signal = new ReadySignal((int)_socket.Handle);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        var fd = (int)_socket.Handle;
        _segmentation = new SegmentationSwitch(options.Segmentation && options.MaxSegments > 1 && HasSegmentation());
        _receiving = new ReceiveBatch(this, fd, TransportAddress.FromIPEndPoint(LocalEndPoint), TakesBursts, _memory);
        _sending = new SendBatch(this, fd, isIPv6, _segmentation, options.MaxSegments, _memory, sendMany);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override bool IsSegmenting => _segmentation.IsOn;

    public override bool TakesBursts { get; }

    public override long ReceiveQueueDrops
    {
        get
        {
            lock (_closeLock)
            {
                return _finalQueueDrops ?? ReceiveQueue.DropsOf(_socket);
            }
        }
    }

    public override DatagramWriter Writer => _sending;

    public override void Wait(TimeSpan timeout) => _signal.Wait(_receiving.HoldsBack ? TimeSpan.Zero : timeout);

    public override void Wake() => _signal.Wake();

    public override int Receive(LoopClock clock, PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths) =>
        _receiving.Receive(clock, pool, buffers, paths);

    public override void Flush() => _sending.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_closeLock)
            {
                _finalQueueDrops = ReceiveQueue.DropsOf(_socket);
                _socket.Dispose();
            }

            _signal.Dispose();
            _receiving.Dispose();
            _memory.Dispose();
        }
    }

    private void Configure(UdpSocketOptions options, bool isIPv6)
    {
        if (isIPv6)
        {
            _socket.DualMode = true;
            SetOption(LibC.IpProtoIPv6, LibC.IPv6RecvPktInfo, 1);
            TrySetOption(LibC.IpProtoIp, LibC.IpPktInfo, 1);
        }
        else
        {
            SetOption(LibC.IpProtoIp, LibC.IpPktInfo, 1);
        }

        // Without it a host's packets that waited together would seem to have arrived together, and its bandwidth probes would be
        // worth nothing: libwebrtc discards those that came faster than they can have been sent.
        TrySetOption(LibC.SolSocket, LibC.SoTimestampNs, 1);
        if (options.IsShared)
        {
            SetOption(LibC.SolSocket, LibC.SoReusePort, 1);
        }

        // The forced variants pass net.core.rmem_max but need CAP_NET_ADMIN; without it the ordinary ones give what is allowed.
        _socket.ReceiveBufferSize = options.BufferBytes;
        _socket.SendBufferSize = options.BufferBytes;
        TrySetOption(LibC.SolSocket, LibC.SoReceiveBufferForce, options.BufferBytes);
        TrySetOption(LibC.SolSocket, LibC.SoSendBufferForce, options.BufferBytes);
    }

    private void SetOption(int level, int option, int value) =>
        _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    private bool TrySetOption(int level, int option, int value)
    {
        try
        {
            SetOption(level, option, value);
            return true;
        }
        catch (SocketException)
        {
            return false; // the kernel does not have it, or this user may not
        }
    }

    // A kernel before 4.18 does not know the option; setting it would cut all messages of the socket, so it is only read.
    private bool HasSegmentation()
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        try
        {
            _socket.GetRawSocketOption(LibC.SolUdp, LibC.UdpSegment, value);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
