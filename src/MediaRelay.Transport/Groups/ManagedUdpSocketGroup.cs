using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Groups;

/// <summary>The portable group: every socket is asked in turn, one system call per datagram. Meant for tens of sockets.</summary>
internal sealed class ManagedUdpSocketGroup : UdpSocketGroup
{
    private const int BatchPerSocket = 32;

    // Nothing portable waits for many sockets and a wake-up without allocating, so new datagrams are noticed after at most this long.
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<ManagedGroupSocket, bool> _sockets = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly byte[] _datagram = new byte[65_536];

    public override GroupSocket Open(IPEndPoint bind, int bufferBytes, DatagramReceiver receiver)
    {
        var socket = new ManagedGroupSocket(this, bind, bufferBytes, receiver);
        _sockets[socket] = true;
        return socket;
    }

    public override void Wait(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
        {
            _wake.Wait(timeout < Granularity ? timeout : Granularity);
        }

        _wake.Reset();
    }

    public override void Wake() => _wake.Set();

    public override int Receive(LoopClock clock)
    {
        var total = 0;
        foreach (var (socket, _) in _sockets)
        {
            total += socket.Receive(clock, _datagram);
        }

        return total;
    }

    public override void Flush()
    {
        // Nothing is held back: every commit is a system call here.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (socket, _) in _sockets)
            {
                socket.Dispose();
            }

            _wake.Dispose();
        }
    }

    private sealed class ManagedGroupSocket : GroupSocket
    {
        private readonly ManagedUdpSocketGroup _group;
        private readonly Socket _socket;
        private readonly DatagramReceiver _receiver;
        private readonly SocketAddress _from;
        private readonly TransportAddress _local;
        private readonly byte[] _sending = new byte[PacketBuffer.MaxLength];
        private NetworkPath _path;
        private bool _isDisposed;

        public ManagedGroupSocket(ManagedUdpSocketGroup group, IPEndPoint bind, int bufferBytes, DatagramReceiver receiver)
        {
            _group = group;
            _receiver = receiver;
            _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            {
                Blocking = false,
                ReceiveBufferSize = bufferBytes,
                SendBufferSize = bufferBytes,
            };
            try
            {
                _socket.Bind(bind);
            }
            catch (SocketException)
            {
                _socket.Dispose();
                throw;
            }

            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
            _local = TransportAddress.FromIPEndPoint(LocalEndPoint);
            _from = new SocketAddress(bind.AddressFamily);
        }

        public override IPEndPoint LocalEndPoint { get; }

        public override long QueueDrops => 0;

        public override void To(in NetworkPath path) => _path = path;

        public override Span<byte> Reserve(int maxLength) => _sending.AsSpan(0, maxLength);

        public override void Commit(int length)
        {
            try
            {
                _socket.SendTo(_sending.AsSpan(0, length), SocketFlags.None, _path.Remote.ToIPEndPoint().Serialize());
                _group.DatagramsSent++;
            }
            catch (SocketException)
            {
                _group.SendErrors++;
            }
        }

        public int Receive(LoopClock clock, byte[] space)
        {
            var count = 0;
            while (count < BatchPerSocket && !_isDisposed && _socket.Available > 0)
            {
                int length;
                try
                {
                    length = _socket.ReceiveFrom(space, SocketFlags.None, _from);
                }
                catch (SocketException)
                {
                    // An ICMP error of an earlier send; the next datagram is not touched by it.
                    _group.SendErrors++;
                    continue;
                }

                count++;
                _group.DatagramsReceived++;
                _group.BytesReceived += length;
                var remote = TransportAddress.FromIPEndPoint((IPEndPoint)LocalEndPoint.Create(_from));
                _receiver.Receive(clock.Now, space.AsSpan(0, length), new NetworkPath(_local, remote));
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                _group._sockets.TryRemove(this, out _);
                _socket.Dispose();
            }
        }
    }
}
