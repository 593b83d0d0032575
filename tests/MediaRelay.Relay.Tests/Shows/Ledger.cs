using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What was sent in a show, and when it reached the relay.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<(byte Source, byte Encoding, long Sequence), (byte[] Payload, VideoCodec Codec)> _sent = [];
    private readonly Dictionary<(byte Source, byte Encoding, long Sequence), Timestamp> _reached = [];

    public void Sent(in Mark mark, VideoCodec codec, byte[] payload) =>
        _sent.Add((mark.Source, mark.Encoding, mark.Sequence), (payload, codec));

    public void Reached(Timestamp now, (byte Source, byte Encoding, long Sequence) packet) => _reached.TryAdd(packet, now);

    public (byte[] Payload, VideoCodec Codec) Find(in Mark mark) => _sent[(mark.Source, mark.Encoding, mark.Sequence)];

    /// <summary>When a packet reached the relay for the first time; null when it never did.</summary>
    public Timestamp? ReachedAt(byte source, byte encoding, long sequence) =>
        _reached.TryGetValue((source, encoding, sequence), out var at) ? at : null;
}
