using System.Text;
using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Hosts;

/// <summary>One stream that a host sends: its numbers, its timeline and its packets.</summary>
internal sealed class OutgoingTrack : IDisposable
{
    private readonly NegotiatedCodec _codec;
    private readonly string? _mid;
    private readonly int _midId;
    private readonly uint _timestampBase;
    private ushort _nextRtxNumber;
    private RtpTimestamp _lastTimestamp;
    private Timestamp _lastCapturedAt;
    private uint _packetCount;
    private uint _octetCount;

    public OutgoingTrack(NegotiatedMedia media, NegotiatedCodec codec, AnnouncedStreams streams, PacketPool pool, int capacity, Random random)
    {
        _codec = codec;
        var isVideo = media.Kind == MediaKind.Video;
        Ssrc = new Ssrc(isVideo ? streams.VideoSsrc : streams.AudioSsrc);
        RtxSsrc = isVideo && codec.RtxPayloadType is not null ? new Ssrc(streams.VideoRtxSsrc) : null;
        _mid = media.Mid;
        _midId = media.Extensions.TryGetValue(HeaderExtensionUris.Mid, out var id) ? id : HeaderExtensionMap.Absent;
        _timestampBase = (uint)random.NextInt64(uint.MaxValue);

        // Below 2^15, so that the first wrap is not near the start (RFC 3711 §3.3.1 would guess the rollover wrongly).
        Packets = new SentPackets(pool, capacity, (ushort)random.Next(1 << 15));
        _nextRtxNumber = (ushort)random.Next(1 << 15);
    }

    public Ssrc Ssrc { get; }

    /// <summary>The stream of retransmissions; null to resend on the same one.</summary>
    public Ssrc? RtxSsrc { get; }

    public SentPackets Packets { get; }

    /// <summary>Whether anything was sent, and so a report has something to say.</summary>
    public bool HasSent => _packetCount > 0;

    /// <summary>Takes the time of the frame whose packets follow.</summary>
    public void Begin(in MediaFrame frame)
    {
        var ticks = (long)((Int128)frame.MediaTime.Ticks * _codec.ClockRate / TimeSpan.TicksPerSecond);
        _lastTimestamp = new RtpTimestamp(_timestampBase) + ticks;
        _lastCapturedAt = frame.CapturedAt;
    }

    /// <summary>Adds a packet of the current frame.</summary>
    public void Add(ReadOnlySpan<byte> payload, bool marker)
    {
        var space = Packets.Space;
        var headerLength = WriteHeader(space, marker);
        payload.CopyTo(space[headerLength..]);
        Packets.Add(headerLength, headerLength + payload.Length);
    }

    /// <summary>Adds the packetizer's next packet of the current frame; false when it has no more.</summary>
    public bool TryAdd(VideoPacketizer packetizer)
    {
        var space = Packets.Space;

        // The marker is only known afterwards; it does not change the header's length.
        var headerLength = WriteHeader(space, marker: false);
        if (!packetizer.TryNext(space[headerLength..], out var length, out var isLast))
        {
            return false;
        }

        RtpHeaderWriter.SetMarker(space, isLast);
        Packets.Add(headerLength, headerLength + length);
        return true;
    }

    public void CountSent(int payloadLength)
    {
        _packetCount++;
        _octetCount += (uint)payloadLength;
    }

    /// <summary>
    /// Turns a packet that was lost into one of the RTX stream (RFC 4588 §4); returns the header's length and, in
    /// <paramref name="length"/>, the packet's.
    /// </summary>
    public int WriteRetransmission(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination, out int length)
    {
        header.CopyTo(destination);
        RtpHeaderWriter.SetPayloadType(destination, new PayloadType(_codec.RtxPayloadType!.Value));
        RtpHeaderWriter.SetSequenceNumber(destination, new SequenceNumber(_nextRtxNumber++));
        RtpHeaderWriter.SetSsrc(destination, RtxSsrc!.Value);
        length = header.Length + RtxPayload.Write(
            destination[header.Length..],
            new SequenceNumber(System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(header[2..])),
            payload);
        return header.Length;
    }

    /// <summary>SR and SDES; which timestamp now is follows from when the last frame was captured (not from when it was sent).</summary>
    public int WriteReport(Timestamp now, NtpTime wallClock, string cname, Span<byte> destination)
    {
        var since = (now - _lastCapturedAt).Ticks * _codec.ClockRate / TimeSpan.TicksPerSecond;
        var length = RtcpWriter.WriteSenderReport(destination, Ssrc, wallClock, _lastTimestamp + since, _packetCount, _octetCount);
        return length + RtcpWriter.WriteSourceDescription(destination[length..], Ssrc, cname);
    }

    public void Dispose() => Packets.Dispose();

    private int WriteHeader(Span<byte> destination, bool marker)
    {
        Span<byte> scratch = stackalloc byte[32];
        Span<byte> mid = stackalloc byte[16];
        var extensions = new RtpExtensionsBuilder(scratch);
        if (_mid is not null && Encoding.ASCII.TryGetBytes(_mid, mid, out var midLength))
        {
            extensions.Add(_midId, mid[..midLength]);
        }

        return RtpHeaderWriter.Write(
            destination, marker, new PayloadType(_codec.PayloadType), Packets.Next, _lastTimestamp, Ssrc, extensions);
    }
}
