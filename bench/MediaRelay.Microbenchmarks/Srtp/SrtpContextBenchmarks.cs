using BenchmarkDotNet.Attributes;
using MediaRelay.Microbenchmarks.Rtp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;

namespace MediaRelay.Microbenchmarks.Srtp;

/// <summary>SRTP of one packet in both profiles, and what a subscription does per viewer: rewrite the header, encrypt into the batch.</summary>
[MemoryDiagnoser]
public class SrtpContextBenchmarks : IDisposable
{
    // A receiver drops what it has seen, so unprotecting runs over fresh packets and starts over with a fresh context.
    private const int Packets = 1_024;

    private readonly byte[][] _protected = new byte[Packets][];
    private readonly byte[] _received = new byte[2_048];
    private readonly byte[] _sent = new byte[2_048];
    private byte[] _plain = [];
    private int _headerLength;
    private SrtpContext? _sender;
    private SrtpContext? _receiver;
    private ushort _number;

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1_80)]
    public SrtpProfile Profile { get; set; }

    [Params(SamplePackets.AudioPayloadLength, SamplePackets.VideoPayloadLength)]
    public int PayloadLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _plain = SamplePackets.Create(PayloadLength);
        _headerLength = _plain.Length - PayloadLength;
        _sender = MakeContext();
        using var other = MakeContext();
        for (var i = 0; i < Packets; i++)
        {
            var plain = SamplePackets.Create(PayloadLength, (ushort)(1_000 + i));
            var space = new byte[plain.Length + SrtpContext.MaxOverhead];
            var length = other.ProtectRtp(plain.AsSpan(0, _headerLength), plain.AsSpan(_headerLength), space);
            _protected[i] = space[..length];
        }
    }

    [Benchmark]
    public int Protect()
    {
        RtpHeaderWriter.SetSequenceNumber(_plain, new SequenceNumber(_number++));
        return _sender!.ProtectRtp(_plain.AsSpan(0, _headerLength), _plain.AsSpan(_headerLength), _sent);
    }

    [Benchmark]
    public int RewriteAndProtect()
    {
        Span<byte> header = stackalloc byte[64];
        _plain.AsSpan(0, _headerLength).CopyTo(header);
        RtpHeaderWriter.SetPayloadType(header, new PayloadType(102));
        RtpHeaderWriter.SetSequenceNumber(header, new SequenceNumber(_number++));
        RtpHeaderWriter.SetTimestamp(header, new RtpTimestamp(_number * 3_000u));
        RtpHeaderWriter.SetSsrc(header, new Ssrc(77));
        return _sender!.ProtectRtp(header[.._headerLength], _plain.AsSpan(_headerLength), _sent);
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Unprotect()
    {
        _receiver?.Dispose();
        _receiver = MakeContext();
        var total = 0;
        foreach (var datagram in _protected)
        {
            datagram.CopyTo(_received, 0);
            if (!_receiver.TryUnprotectRtp(_received.AsSpan(0, datagram.Length), out var length, out var reason))
            {
                throw new InvalidOperationException($"The packet was dropped: {reason}.");
            }

            total += length;
        }

        return total;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sender?.Dispose();
        _receiver?.Dispose();
        GC.SuppressFinalize(this);
    }

    private SrtpContext MakeContext()
    {
        var random = new Random(3);
        var key = new byte[16];
        var salt = new byte[Profile == SrtpProfile.AeadAes128Gcm ? 12 : 14];
        random.NextBytes(key);
        random.NextBytes(salt);
        return new SrtpContext(Profile, key, salt);
    }
}
