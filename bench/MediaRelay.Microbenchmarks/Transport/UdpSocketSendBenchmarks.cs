using System.Net;
using BenchmarkDotNet.Attributes;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport;
using MediaRelay.Transport.Groups;

namespace MediaRelay.Microbenchmarks.Transport;

/// <summary>
/// A frame of six packets to each of 200 viewers on loopback, per packet; with viewers' sockets that the kernel has to cut bursts for
/// (plain), and that take them whole, as a network card would. They are emptied between the iterations.
/// </summary>
[MemoryDiagnoser]
public class UdpSocketSendBenchmarks : IDisposable
{
    private const int Viewers = 200;
    private const int PacketsPerFrame = 6;
    private const int PacketLength = 1_150;

    // What a receive queue of the default size (net.core.rmem_max) holds.
    private const int Frames = 20;

    private readonly LoopClock _clock = new(TimeProvider.System);
    private readonly byte[] _packet = new byte[PacketLength];
    private NetworkPath[] _paths = [];
    private UdpSocketGroup? _viewers;
    private UdpSocket? _socket;

    [Params(false, true)]
    public bool Segmentation { get; set; }

    [Params(false, true)]
    public bool ViewersTakeBursts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        _socket = UdpSocket.Open(loopback, new UdpSocketOptions { Segmentation = Segmentation });
        _viewers = UdpSocketGroup.Create(ViewersTakeBursts);
        var local = TransportAddress.FromIPEndPoint(_socket.LocalEndPoint);
        _paths = [.. Enumerable.Range(0, Viewers).Select(_ => _viewers.Open(loopback, 212_992, new Sink()))
            .Select(viewer => new NetworkPath(local, TransportAddress.FromIPEndPoint(viewer.LocalEndPoint)))];
    }

    [Benchmark(OperationsPerInvoke = Frames * Viewers * PacketsPerFrame)]
    public long SendFrames()
    {
        var writer = _socket!.Writer;
        for (var frame = 0; frame < Frames; frame++)
        {
            foreach (ref readonly var path in _paths.AsSpan())
            {
                for (var i = 0; i < PacketsPerFrame; i++)
                {
                    _packet.CopyTo(writer.Reserve(path, PacketLength));
                    writer.Commit(PacketLength);
                }
            }

            _socket.Flush();
        }

        return _socket.DatagramsSent;
    }

    [IterationCleanup]
    public void EmptyViewers()
    {
        do
        {
            _viewers!.Wait(TimeSpan.Zero);
        }
        while (_viewers.Receive(_clock) > 0);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _viewers?.Dispose();
        _socket?.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Sink : DatagramReceiver
    {
        public override void Receive(Timestamp now, Span<byte> datagram, in NetworkPath path)
        {
            // A viewer that costs nothing.
        }
    }
}
