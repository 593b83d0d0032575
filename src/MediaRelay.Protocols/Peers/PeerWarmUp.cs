using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Dtls;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Peers;

/// <summary>
/// Joins and leaves of viewers in memory, with everything that a real one does: offer and answer, ICE, DTLS, SRTP, SCTP, a data channel.
/// Run before the first real one, which then pays neither for compilation nor for OpenSSL's tables; it also shows at start what else
/// would show when somebody joins, such as an OpenSSL without a cipher.
/// </summary>
public static class PeerWarmUp
{
    /// <summary>The runtime compiles a method anew, optimized, when it was called 30 times.</summary>
    public const int UsualConnections = 32;

    /// <summary>Takes about a millisecond of CPU per connection and side, more for the first. Any thread.</summary>
    /// <param name="certificate">The process's own; both sides use it.</param>
    /// <param name="pool">Where the data channels rent; everything is returned.</param>
    /// <param name="now">When the first begins; the others follow in imagined time.</param>
    /// <param name="connections">How many, one after the other.</param>
    /// <exception cref="InvalidOperationException">Two of our own peers cannot connect: the process could serve nobody.</exception>
    /// <exception cref="OpenSslException">OpenSSL lacks what is needed.</exception>
    public static void Run(DtlsCertificate certificate, PacketPool pool, Timestamp now, int connections = UsualConnections)
    {
        var random = new Random(connections);
        for (var i = 0; i < connections; i++)
        {
            using var pair = new WarmUpPair(certificate, pool, random, now + TimeSpan.FromMinutes(i));
            pair.Connect();
            pair.ExchangeMedia();
            pair.ExchangeMessages();
            pair.Leave();
        }
    }
}
