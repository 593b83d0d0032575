using MediaRelay.Protocols.Payloads;

namespace MediaRelay.CoHostBench;

/// <summary>What is measured.</summary>
/// <param name="Sessions">Numbers of sessions at once, measured one after the other.</param>
/// <param name="Window">How long each is measured.</param>
/// <param name="Codec">Of the hosts' pictures and of the mix.</param>
/// <param name="Size">Of the hosts' pictures, as width × height.</param>
/// <param name="HostKbps">Bit rate of a host's picture.</param>
/// <param name="MixKbps">Bit rate of the mixed picture.</param>
/// <param name="HasSmall">A small picture is made too, at a quarter of the bit rate.</param>
internal sealed record BenchOptions(
    IReadOnlyList<int> Sessions, TimeSpan Window, VideoCodec Codec, (int Width, int Height) Size, int HostKbps, int MixKbps,
    bool HasSmall)
{
    /// <summary>Most sessions at once: each is a worker process.</summary>
    public const int MaxSessions = 32;
}
