using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Peers;

public sealed class PeerWarmUpTests
{
    [Fact]
    public void Run_WithOwnCertificate_JoinsAndLeavesAndReturnsEveryBuffer()
    {
        using var certificate = DtlsCertificate.Create();
        using var pool = new LeakCheckingPacketPool();

        PeerWarmUp.Run(certificate, pool, Timestamp.FromMilliseconds(1), connections: 3);

        Assert.True(pool.TotalRented > 0);
        Assert.Equal(0, pool.Outstanding);
    }
}
