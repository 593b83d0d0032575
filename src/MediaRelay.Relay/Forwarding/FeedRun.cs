using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// A stretch of one feed's track and layer in a viewer's own stream: from here on the viewer's numbers, timestamps and picture ids are
/// the feed's plus constants. A layer switch or a hand-off begins another run, so that for the viewer nothing jumps.
/// </summary>
/// <remarks>
/// Everything is a function of run and packet alone: what is resent on the stream's own SSRC is bit-identical, or GCM would use a
/// nonce twice.
/// </remarks>
internal sealed class FeedRun
{
    /// <summary>What a viewer sees of a kept second is 1/16 s, so that the first pictures are shown at once, one after the other.</summary>
    public const int Pressed = 16;

    // More than is ever kept; past it a timestamp that seems older has wrapped.
    private const int MostPressedPackets = 2 * PacketHistory.MaxPackets;

    public required FeedFanout Fanout { get; init; }

    public required bool IsVideo { get; init; }

    public required int Layer { get; init; }

    /// <summary>The feed's number of the run's first packet, and the viewer's (unwrapped).</summary>
    public required long FirstSequence { get; init; }

    public required long FirstNumber { get; init; }

    /// <summary>Added to the feed's timestamps.</summary>
    public required uint TimestampOffset { get; init; }

    /// <summary>
    /// Pictures older than this (in the feed's timestamps) are pressed together before it: a receiver takes the distance of timestamps
    /// for the distance of pictures, and a kept second fed at its own distances would leave it a second behind.
    /// </summary>
    public required uint LevelAt { get; init; }

    public required Vp8Offsets Vp8 { get; init; }

    public PacketHistory History => IsVideo ? Fanout.Video(Layer) : Fanout.Audio;

    public long NumberOf(long sequence) => FirstNumber + (sequence - FirstSequence);

    public long SequenceOf(long number) => FirstSequence + (number - FirstNumber);

    public uint TimestampOf(in FeedPacket packet)
    {
        var age = (int)(LevelAt - packet.Timestamp);
        var timestamp = IsVideo && age > 0 && packet.Sequence - FirstSequence < MostPressedPackets
            ? LevelAt - (uint)(age / Pressed)
            : packet.Timestamp;
        return timestamp + TimestampOffset;
    }
}
