using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport;

/// <summary>The portable socket: one system call per datagram, one loop only (SO_REUSEPORT does not spread load elsewhere).</summary>
internal sealed class ManagedUdpSocket : UdpSocket
{
    // Socket.Poll cannot be interrupted, so a wake-up from another thread is noticed after at most this long.
    private static readonly TimeSpan WakeGranularity = TimeSpan.FromMilliseconds(2);

    private readonly Socket _socket;
    private readonly ImmediateWriter _writer;
    private readonly SocketAddress _from;
    private readonly TransportAddress _local;

    // One byte more than a buffer holds: not every platform tells that a datagram was cut, so a whole one must leave it free.
    private readonly byte[] _received = new byte[PacketBuffer.MaxLength + 1];
    private int _wake;

    public ManagedUdpSocket(IPEndPoint bind, int bufferBytes)
    {
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = bufferBytes,
            SendBufferSize = bufferBytes,
        };
        if (bind.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _socket.DualMode = true;
        }

        _socket.Bind(bind);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _local = TransportAddress.FromIPEndPoint(LocalEndPoint);
        _from = new SocketAddress(bind.AddressFamily);
        _writer = new ImmediateWriter(this);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override DatagramWriter Writer => _writer;

    public override void Wait(TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _wake, 0) == 0 && timeout > TimeSpan.Zero)
        {
            _socket.Poll(timeout < WakeGranularity ? timeout : WakeGranularity, SelectMode.SelectRead);
        }
    }

    public override void Wake() => Volatile.Write(ref _wake, 1);

    public override int Receive(LoopClock clock, PacketPool pool, PacketBuffer?[] buffers, NetworkPath[] paths)
    {
        var count = 0;
        while (count < ReceiveBatch && _socket.Available > 0)
        {
            int length;
            try
            {
                length = _socket.ReceiveFrom(_received, SocketFlags.None, _from);
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.NotSocket or SocketError.Shutdown))
            {
                // An ICMP error of an earlier send, or a datagram longer than any that we accept.
                ReceiveDrops += e.SocketErrorCode == SocketError.MessageSize ? 1 : 0;
                continue;
            }

            if (length > PacketBuffer.MaxLength)
            {
                ReceiveDrops++;
                continue;
            }

            var buffer = pool.Rent();
            buffer.TrySet(_received.AsSpan(0, length));
            var remote = (IPEndPoint)LocalEndPoint.Create(_from);
            buffers[count] = buffer;
            paths[count] = new NetworkPath(_local, TransportAddress.FromIPEndPoint(remote));
            DatagramsReceived++;
            MessagesReceived++;
            BytesReceived += buffer.Length;
            count++;
        }

        return count;
    }

    public override void Flush()
    {
        // Nothing is held back: every commit is a system call here.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }
    }

    private void Send(in NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        SendCalls++;
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, path.Remote.ToIPEndPoint().Serialize());
            DatagramsSent++;
            MessagesSent++;
            BytesSent += datagram.Length;
        }
        catch (SocketException)
        {
            SendErrors++;
        }
    }

    private sealed class ImmediateWriter(ManagedUdpSocket socket) : DatagramWriter
    {
        private readonly byte[] _datagram = new byte[PacketBuffer.MaxLength];
        private NetworkPath _path;

        public override void To(in NetworkPath path) => _path = path;

        public override Span<byte> Reserve(int maxLength) => _datagram.AsSpan(0, maxLength);

        public override void Commit(int length) => socket.Send(_path, _datagram.AsSpan(0, length));
    }
}
