using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// One outgoing RTP stream of the mix: its own SSRC and sequence numbers, packets straight into the link. One thread at
/// a time.
/// </summary>
internal sealed class RtpOutput
{
    private readonly LinkConnection _link;
    private readonly byte _index;
    private readonly PayloadType _payloadType;
    private readonly Ssrc _ssrc;
    private readonly byte[] _packet = new byte[LinkFrame.MaxRtpLength];
    private SequenceNumber _next;

    public RtpOutput(LinkConnection link, int index, PayloadType payloadType, Random random)
    {
        _link = link;
        _index = (byte)index;
        _payloadType = payloadType;
        _ssrc = new Ssrc((uint)random.NextInt64(1, 1L << 32));
        _next = new SequenceNumber((ushort)random.Next(1 << 15));
    }

    /// <summary>Where the next payload is to be written.</summary>
    public Span<byte> PayloadSpace => _packet.AsSpan(RtpPacket.FixedHeaderLength);

    /// <summary>
    /// Sends the first <paramref name="length"/> bytes of <see cref="PayloadSpace"/>; with <paramref
    /// name="isMoreComing"/> only when the next packet goes.
    /// </summary>
    public void Send(int length, bool marker, RtpTimestamp timestamp, bool isMoreComing)
    {
        var header = RtpHeaderWriter.Write(_packet, marker, _payloadType, _next, timestamp, _ssrc);
        _next = _next.Next;

        // A packet that the link has no room for is lost like any other: the sequence number shows it, the link counts
        // it.
        _link.TryPost(LinkFrameType.OutputRtp, _index, default, _packet.AsSpan(0, header + length), isMoreComing);
    }
}
