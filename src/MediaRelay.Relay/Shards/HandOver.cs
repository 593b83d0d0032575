using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Shards;

/// <summary>What one loop passes to another on the packet path; a value, so that crossing allocates nothing.</summary>
internal readonly struct HandOver
{
    public enum Kind
    {
        /// <summary>A datagram that reached another loop than its session's.</summary>
        Datagram,

        /// <summary>A packet of a source, on its way to the feed's home loop.</summary>
        SourcePacket,

        /// <summary>A packet of a feed, once for all of the loop's viewers.</summary>
        FeedPacket,

        /// <summary>A packet that another loop keeps of a feed: for who joins here, not for who is there already.</summary>
        KeptPacket,

        /// <summary>A feed's capture clock.</summary>
        Clock,
    }

    public Kind What { get; private init; }

    public object Target { get; private init; }

    public object? Source { get; private init; }

    public PacketBuffer? Buffer { get; private init; }

    public NetworkPath Path { get; private init; }

    public bool IsVideo { get; private init; }

    public byte Layer { get; private init; }

    public FeedPacket Packet { get; private init; }

    public FeedClock FeedClock { get; private init; }

    public static HandOver ForDatagram(PeerSession session, PacketBuffer datagram, in NetworkPath path) =>
        new() { What = Kind.Datagram, Target = session, Buffer = datagram, Path = path };

    public static HandOver ForSource(Feed feed, FeedSource source, bool isVideo, int layer, PacketBuffer packet) =>
        new() { What = Kind.SourcePacket, Target = feed, Source = source, IsVideo = isVideo, Layer = (byte)layer, Buffer = packet };

    public static HandOver ForFeed(Feed feed, in FeedPacket packet) =>
        new() { What = Kind.FeedPacket, Target = feed, Packet = packet, Buffer = packet.Buffer };

    public static HandOver ForKept(Feed feed, in FeedPacket packet) =>
        new() { What = Kind.KeptPacket, Target = feed, Packet = packet, Buffer = packet.Buffer };

    public static HandOver ForClock(Feed feed, FeedClock clock) => new() { What = Kind.Clock, Target = feed, FeedClock = clock };
}
