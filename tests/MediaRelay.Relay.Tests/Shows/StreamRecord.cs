using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// One outgoing stream as it left the relay, and what of it arrived. What leaves twice under one number must be the same bytes: GCM
/// would use a nonce twice (RFC 7714 §8.2).
/// </summary>
internal sealed class StreamRecord
{
    private readonly SequenceUnwrapper _unwrapper = new();
    private readonly Dictionary<long, (Timestamp At, byte[]? Datagram)> _sent = [];

    /// <summary>What arrived, in order of number.</summary>
    public SortedDictionary<long, Received> Packets { get; } = [];

    /// <summary>The highest number that left; the first ones are below 2^15.</summary>
    public long Newest { get; private set; }

    public bool WasSent(long number) => _sent.ContainsKey(number);

    public Timestamp SentAt(long number) => _sent[number].At;

    /// <summary>The number nearest to the newest one sent.</summary>
    public long Unwrap(SequenceNumber number) => _unwrapper.Peek(number.Value);

    public void OnSent(Timestamp now, SequenceNumber number, byte[] datagram)
    {
        var unwrapped = _unwrapper.Unwrap(number.Value);
        Newest = Math.Max(Newest, unwrapped);
        if (!_sent.TryGetValue(unwrapped, out var first) || first.Datagram is null)
        {
            _sent[unwrapped] = (now, datagram);
        }
        else
        {
            Assert.True(first.Datagram.AsSpan().SequenceEqual(datagram), $"number {unwrapped} left twice with different bytes");
        }
    }

    /// <summary>A packet that came to the relay when its place had passed left only as a retransmission.</summary>
    public void OnRetransmitted(Timestamp now, long number) => _sent.TryAdd(number, (now, null));

    /// <summary>Takes a packet that arrived; one that came in two ways must be the same both times.</summary>
    public void OnArrived(Received packet)
    {
        if (Packets.TryGetValue(packet.Number, out var known))
        {
            Assert.Equal((known.Timestamp, known.Marker, known.Codec), (packet.Timestamp, packet.Marker, packet.Codec));
            Assert.Equal(known.Payload, packet.Payload);
        }
        else
        {
            Packets.Add(packet.Number, packet);
        }
    }
}
