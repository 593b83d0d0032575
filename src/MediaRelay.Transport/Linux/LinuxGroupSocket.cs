using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MediaRelay.Protocols.Network;
using MediaRelay.Transport.Groups;

namespace MediaRelay.Transport.Linux;

/// <summary>One socket of a <see cref="LinuxUdpSocketGroup"/>: a descriptor and who takes its datagrams.</summary>
internal sealed class LinuxGroupSocket : GroupSocket
{
    private readonly LinuxUdpSocketGroup _group;
    private readonly Socket _socket;
    private NetworkPath _path;
    private bool _isDisposed;
    private long _finalDrops;

    public LinuxGroupSocket(LinuxUdpSocketGroup group, IPEndPoint bind, int bufferBytes, DatagramReceiver receiver)
    {
        _group = group;
        Receiver = receiver;
        IsIPv6 = SocketAddressCodec.IsIPv6(bind);
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            _socket.ReceiveBufferSize = bufferBytes;
            _socket.SendBufferSize = bufferBytes;
            _socket.Bind(bind);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        Descriptor = (int)_socket.Handle;
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        Address = TransportAddress.FromIPEndPoint(LocalEndPoint);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override long QueueDrops => _isDisposed ? _finalDrops : ReceiveQueue.DropsOf(_socket);

    public TransportAddress Address { get; }

    public DatagramReceiver Receiver { get; }

    public int Descriptor { get; }

    public bool IsIPv6 { get; }

    public int Number { get; set; }

    public override void To(in NetworkPath path) => _path = path;

    public override Span<byte> Reserve(int maxLength) => _group.Reserve(this, maxLength);

    public override void Commit(int length) => _group.Commit(this, _path.Remote, length);

    public void SetOption(int level, int option, int value) =>
        _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _finalDrops = QueueDrops;
            _isDisposed = true;
            _group.Remove(this);
            _socket.Dispose();
        }
    }
}
