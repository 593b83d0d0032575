using BenchmarkDotNet.Attributes;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Microbenchmarks.Sctp;

/// <summary>One message over an association that is up: accept, one DATA chunk, receive, read, acknowledge (every second packet).</summary>
[MemoryDiagnoser]
public class SctpAssociationBenchmarks : IDisposable
{
    private const uint BinaryMessage = 53;
    private readonly PacketPool _pool = new();
    private readonly PacketDrops _drops = new();
    private readonly byte[] _packet = new byte[2_048];
    private readonly byte[] _message = new byte[400];
    private SctpAssociation? _sender;
    private SctpAssociation? _receiver;
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    [GlobalSetup]
    public void Setup()
    {
        _sender = new SctpAssociation(new SctpOptions(), _pool, _drops, new Random(1));
        _receiver = new SctpAssociation(new SctpOptions(), _pool, _drops, new Random(2));
        _sender.Connect(_now);
        for (var i = 0; i < 10; i++)
        {
            Exchange();
        }

        if (!_sender.IsConnected || !_receiver.IsConnected)
        {
            throw new InvalidOperationException("The association did not come up.");
        }
    }

    [Benchmark]
    public int DeliverMessage()
    {
        _now += TimeSpan.FromMilliseconds(1);
        if (!_sender!.TrySend(_now, 0, BinaryMessage, _message))
        {
            throw new InvalidOperationException("The send buffer is full.");
        }

        Exchange();
        return _receiver!.TryReadMessage(out var message)
            ? message.Data.Length
            : throw new InvalidOperationException("The message did not arrive.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sender?.Dispose();
        _receiver?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Exchange()
    {
        while (_sender!.TryWritePacket(_now, _packet, out var length))
        {
            _receiver!.HandlePacket(_now, _packet.AsSpan(0, length));
        }

        while (_receiver!.TryWritePacket(_now, _packet, out var length))
        {
            _sender.HandlePacket(_now, _packet.AsSpan(0, length));
        }
    }
}
