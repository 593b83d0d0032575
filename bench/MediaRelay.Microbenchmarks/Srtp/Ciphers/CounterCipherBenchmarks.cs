using BenchmarkDotNet.Attributes;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Microbenchmarks.Srtp.Ciphers;

/// <summary>Counter mode over one payload of an audio and of a video packet, by .NET's Aes and by the kernel.</summary>
[MemoryDiagnoser]
public class CounterCipherBenchmarks : IDisposable
{
    private readonly LibraryCounterCipher _library = new(new byte[16]);
    private readonly CounterCipher _best = CounterCipher.Create(new byte[16]);
    private readonly byte[] _payload = new byte[1_100];
    private readonly byte[] _packet = new byte[1_200];
    private ulong _number;

    [Params(100, 1_100)]
    public int PayloadLength { get; set; }

    [Benchmark(Baseline = true)]
    public void Library() => _library.Transform(1, _number++ << 16, _payload.AsSpan(0, PayloadLength), _packet);

    [Benchmark]
    public void Best() => _best.Transform(1, _number++ << 16, _payload.AsSpan(0, PayloadLength), _packet);

    [GlobalCleanup]
    public void Dispose()
    {
        _library.Dispose();
        _best.Dispose();
        GC.SuppressFinalize(this);
    }
}
