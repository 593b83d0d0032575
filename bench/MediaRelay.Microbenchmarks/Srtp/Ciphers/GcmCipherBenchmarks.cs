using BenchmarkDotNet.Attributes;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Microbenchmarks.Srtp.Ciphers;

/// <summary>
/// Sealing one payload of an audio and of a video packet with every way to compute AES-128-GCM; the ratio is to the kernel of the floor
/// program. Ways that the processor lacks report NA.
/// </summary>
[MemoryDiagnoser]
public class GcmCipherBenchmarks : IDisposable
{
    private const int HeaderLength = 20;

    private readonly byte[] _nonce = new byte[GcmNonce.Length];
    private readonly byte[] _packet = new byte[2_048];
    private readonly GcmCipher?[] _ciphers = new GcmCipher?[4];
    private byte[] _header = [];
    private byte[] _payload = [];
    private Floor.GcmKernel? _floor;
    private uint _number;

    [Params(100, 1_100)]
    public int PayloadLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var key = new byte[16];
        random.NextBytes(key);
        _payload = new byte[PayloadLength];
        random.NextBytes(_payload);

        _floor = new Floor.GcmKernel(key);

        // The floor's kernel takes a header of 16 bytes at most: one block less than the others.
        _header = new byte[HeaderLength];
        foreach (var implementation in GcmCipher.Supported)
        {
            _ciphers[(int)implementation] = GcmCipher.Create(key, implementation);
        }
    }

    [Benchmark(Baseline = true)]
    public void FloorProgram() => _floor!.Seal(_nonce, _header.AsSpan(0, 16), _payload, _packet);

    [Benchmark]
    public void Library() => Seal(GcmImplementation.Library);

    [Benchmark]
    public void Kernel128() => Seal(GcmImplementation.Kernel128);

    [Benchmark]
    public void Kernel256() => Seal(GcmImplementation.Kernel256);

    [Benchmark]
    public void Kernel512() => Seal(GcmImplementation.Kernel512);

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var cipher in _ciphers)
        {
            cipher?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private void Seal(GcmImplementation implementation)
    {
        var cipher = _ciphers[(int)implementation]
            ?? throw new PlatformNotSupportedException($"This processor has no {implementation}.");
        cipher.Seal(new GcmNonce(1, _number++), _header, _payload, _packet.AsSpan(HeaderLength));
    }
}
