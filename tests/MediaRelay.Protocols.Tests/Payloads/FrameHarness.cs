using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

/// <summary>Sends frames through a packetizer as RTP packets and pushes packets into a depacketizer.</summary>
internal sealed class FrameHarness(VideoCodec codec, int maxPayloadLength = VideoPacketizer.DefaultMaxPayloadLength)
{
    private readonly VideoPacketizer _packetizer = VideoPacketizer.Create(codec, maxPayloadLength);
    private readonly VideoDepacketizer _depacketizer = VideoDepacketizer.Create(codec);

    public SequenceNumber Next { get; set; }

    public List<byte[]> Packetize(byte[] frame, uint timestamp, bool isKeyFrame = false)
    {
        var packets = new List<byte[]>();
        var payload = new byte[maxPayloadLength];
        _packetizer.Start(frame, isKeyFrame);
        while (_packetizer.TryNext(payload, out var length, out var isLast))
        {
            packets.Add(Packet(payload.AsSpan(0, length), timestamp, isLast));
        }

        return packets;
    }

    public byte[] Packet(ReadOnlySpan<byte> payload, uint timestamp, bool marker)
    {
        var packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpHeaderWriter.Write(packet, marker, new PayloadType(96), Next, new RtpTimestamp(timestamp), new Ssrc(1));
        payload.CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
        Next = Next.Next;
        return packet;
    }

    public Pushed Push(byte[] data)
    {
        Assert.True(RtpPacket.TryParse(data, out var packet));
        var hasFrame = _depacketizer.TryPush(packet, out var frame, out var loss);
        return new Pushed(hasFrame ? frame.Data.ToArray() : null, frame.Timestamp.Value, frame.IsKeyFrame, loss);
    }

    /// <summary>Pushes all and returns what the pushes gave, without those that gave nothing.</summary>
    public List<Pushed> PushAll(IEnumerable<byte[]> packets) =>
        packets.Select(Push).Where(pushed => pushed.Frame != null || pushed.Loss != FrameLoss.None).ToList();

    public sealed record Pushed(byte[]? Frame, uint Timestamp, bool IsKeyFrame, FrameLoss Loss);
}
