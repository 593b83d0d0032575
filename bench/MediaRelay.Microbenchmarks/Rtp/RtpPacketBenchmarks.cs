using BenchmarkDotNet.Attributes;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Microbenchmarks.Rtp;

/// <summary>What is done with each packet's header once when it comes, and once per viewer when it goes.</summary>
[MemoryDiagnoser]
public class RtpPacketBenchmarks
{
    private readonly byte[] _packet = SamplePackets.Create(SamplePackets.VideoPayloadLength);
    private readonly byte[] _header = new byte[64];

    [Benchmark]
    public int Parse() => RtpPacket.TryParse(_packet, out var packet) ? packet.SequenceNumber.Value + packet.Payload.Length : -1;

    [Benchmark]
    public bool FindExtension() => RtpPacket.TryParse(_packet, out var packet) && packet.TryGetExtension(1, out _);

    [Benchmark]
    public int WriteHeader()
    {
        Span<byte> scratch = stackalloc byte[32];
        var extensions = new RtpExtensionsBuilder(scratch);
        extensions.Add(1, "0"u8);
        return RtpHeaderWriter.Write(
            _header, marker: true, new PayloadType(96), new SequenceNumber(7), new RtpTimestamp(9), new Ssrc(3), extensions);
    }
}
