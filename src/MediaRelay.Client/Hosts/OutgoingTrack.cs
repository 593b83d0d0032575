using System.Buffers.Binary;
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
    // RFC 3550 §5.1, in the header's second byte.
    private const byte MarkerBit = 0x80;

    private readonly NegotiatedCodec _codec;
    private readonly string? _mid;
    private readonly string? _rid;
    private readonly int _midId;
    private readonly int _ridId;
    private readonly int _repairedRidId;
    private readonly uint _timestampBase;
    private ushort _nextRtxNumber;
    private RtpTimestamp _lastTimestamp;
    private Timestamp _lastCapturedAt;
    private uint _packetCount;
    private uint _octetCount;

    /// <param name="layer">Which simulcast encoding it is: its two SSRCs follow those of the one below.</param>
    /// <param name="rid">The encoding's identifier; null without simulcast.</param>
    public OutgoingTrack(
        NegotiatedMedia media,
        NegotiatedCodec codec,
        AnnouncedStreams streams,
        PacketPool pool,
        int capacity,
        Random random,
        int layer = 0,
        string? rid = null)
    {
        _codec = codec;
        var isVideo = media.Kind == MediaKind.Video;
        Ssrc = new Ssrc(isVideo ? streams.VideoSsrc + (2 * (uint)layer) : streams.AudioSsrc);
        RtxSsrc = isVideo && codec.RtxPayloadType is not null ? new Ssrc(streams.VideoRtxSsrc + (2 * (uint)layer)) : null;
        _mid = media.Mid;
        _rid = rid;
        _midId = IdOf(media, HeaderExtensionUris.Mid);
        _ridId = IdOf(media, HeaderExtensionUris.RtpStreamId);
        _repairedRidId = IdOf(media, HeaderExtensionUris.RepairedRtpStreamId);
        _timestampBase = (uint)random.NextInt64(uint.MaxValue);

        // Below 2^15, so that the first wrap is not near the start (RFC 3711 §3.3.1 would guess the rollover wrongly).
        Packets = new SentPackets(pool, capacity, (ushort)random.Next(1 << 15));
        _nextRtxNumber = (ushort)random.Next(1 << 15);
    }

    public Ssrc Ssrc { get; }

    /// <summary>The stream of retransmissions; null to resend on the same one.</summary>
    public Ssrc? RtxSsrc { get; }

    public SentPackets Packets { get; }

    /// <summary>When the next packet of a paced picture is due.</summary>
    public Timestamp NextPacket { get; set; } = Timestamp.Never;

    /// <summary>The time between two packets of the current picture.</summary>
    public TimeSpan PacketGap { get; set; }

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

    /// <summary>Whether a header of a packet has the marker, which ends a picture.</summary>
    public static bool HasMarker(ReadOnlySpan<byte> header) => (header[1] & MarkerBit) != 0;

    /// <summary>
    /// Turns a packet that was lost into one of the RTX stream (RFC 4588 §4); returns the header's length and, in
    /// <paramref name="length"/>, the packet's.
    /// </summary>
    public int WriteRetransmission(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination, out int length)
    {
        var original = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(header[2..]));
        int headerLength;
        if (_rid is null)
        {
            header.CopyTo(destination);
            headerLength = header.Length;
            RtpHeaderWriter.SetPayloadType(destination, new PayloadType(_codec.RtxPayloadType!.Value));
            RtpHeaderWriter.SetSequenceNumber(destination, new SequenceNumber(_nextRtxNumber++));
            RtpHeaderWriter.SetSsrc(destination, RtxSsrc!.Value);
        }
        else
        {
            // RFC 8852 §3: what names the encoding has another extension on the stream that repairs it.
            headerLength = WriteHeader(
                destination, HasMarker(header), _codec.RtxPayloadType!.Value, new SequenceNumber(_nextRtxNumber++),
                new RtpTimestamp(BinaryPrimitives.ReadUInt32BigEndian(header[4..])), RtxSsrc!.Value, _repairedRidId);
        }

        length = headerLength + RtxPayload.Write(destination[headerLength..], original, payload);
        return headerLength;
    }

    /// <summary>SR and SDES; which timestamp now is follows from when the last frame was captured (not from when it was sent).</summary>
    public int WriteReport(Timestamp now, NtpTime wallClock, string cname, Span<byte> destination)
    {
        var since = (now - _lastCapturedAt).Ticks * _codec.ClockRate / TimeSpan.TicksPerSecond;
        var length = RtcpWriter.WriteSenderReport(destination, Ssrc, wallClock, _lastTimestamp + since, _packetCount, _octetCount);
        return length + RtcpWriter.WriteSourceDescription(destination[length..], Ssrc, cname);
    }

    public void Dispose() => Packets.Dispose();

    private static int IdOf(NegotiatedMedia media, string uri) =>
        media.Extensions.TryGetValue(uri, out var id) ? id : HeaderExtensionMap.Absent;

    private static void AddText(ref RtpExtensionsBuilder extensions, int id, string? text)
    {
        Span<byte> ascii = stackalloc byte[16];
        if (text is not null && Encoding.ASCII.TryGetBytes(text, ascii, out var length))
        {
            extensions.Add(id, ascii[..length]);
        }
    }

    private int WriteHeader(Span<byte> destination, bool marker) =>
        WriteHeader(destination, marker, _codec.PayloadType, Packets.Next, _lastTimestamp, Ssrc, _ridId);

    private int WriteHeader(
        Span<byte> destination, bool marker, byte payloadType, SequenceNumber number, RtpTimestamp timestamp, Ssrc ssrc, int ridId)
    {
        Span<byte> scratch = stackalloc byte[64];
        var extensions = new RtpExtensionsBuilder(scratch);
        AddText(ref extensions, _midId, _mid);
        AddText(ref extensions, ridId, _rid);
        return RtpHeaderWriter.Write(destination, marker, new PayloadType(payloadType), number, timestamp, ssrc, extensions);
    }
}
