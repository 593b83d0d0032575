using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;

namespace MediaRelay.Client.Loops;

/// <summary>
/// What all headless peers of a process share: one certificate (making one per peer would cost more than the handshake), the packet
/// pool, and where their random numbers come from. Any thread.
/// </summary>
public sealed class ClientPeerContext : IDisposable
{
    private readonly Random _random;
    private readonly Lock _lock = new();

    /// <param name="random">Seeded in tests.</param>
    public ClientPeerContext(Random random) => _random = random;

    public DtlsCertificate Certificate { get; } = DtlsCertificate.Create();

    public PacketPool Pool { get; } = new();

    public void Dispose() => Certificate.Dispose();

    internal int NextSeed()
    {
        lock (_lock)
        {
            return _random.Next();
        }
    }
}
