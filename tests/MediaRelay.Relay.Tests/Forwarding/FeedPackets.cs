using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tests.Forwarding;

/// <summary>Packets of a feed as its timeline makes them.</summary>
internal static class FeedPackets
{
    public static FeedPacket Video(
        PacketPool pool, long sequence, uint timestamp, bool marker = false, bool isKeyFrameStart = false, int length = 100, byte layer = 0,
        int epoch = 0, Timestamp receivedAt = default) => new()
        {
            Buffer = Fill(pool, length, (byte)sequence),
            PayloadStart = RtpPacket.FixedHeaderLength,
            PayloadLength = length,
            Sequence = sequence,
            Timestamp = timestamp,
            IsVideo = true,
            Layer = layer,
            Epoch = epoch,
            Marker = marker,
            IsKeyFrameStart = isKeyFrameStart,
            Codec = VideoCodec.H264,
            ReceivedAt = receivedAt,
        };

    public static FeedPacket Sound(PacketPool pool, long sequence, int length = 40) =>
        Video(pool, sequence, (uint)sequence * 960, length: length) with { IsVideo = false };

    public static void Release(IEnumerable<FeedPacket> packets)
    {
        foreach (var packet in packets)
        {
            packet.Buffer.Dispose();
        }
    }

    private static PacketBuffer Fill(PacketPool pool, int length, byte value)
    {
        var buffer = pool.Rent();
        buffer.SetRange(PacketBuffer.Headroom, RtpPacket.FixedHeaderLength + length);
        buffer.Span[RtpPacket.FixedHeaderLength..].Fill(value);
        return buffer;
    }
}
