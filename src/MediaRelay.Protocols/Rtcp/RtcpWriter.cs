using System.Buffers.Binary;
using System.Text;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Writes single RTCP packets; one after the other they make a compound (RFC 3550 §6.1: a report first). Every method
/// returns the length in bytes, a multiple of four, and throws when the destination is too short.
/// </summary>
public static class RtcpWriter
{
    /// <summary>The count field has five bits.</summary>
    public const int MaxCount = 31;

    private const byte VersionBits = 0x80;
    private const byte PaddingBit = 0x20;

    /// <summary>SR (RFC 3550 §6.4.1) with at most 31 blocks.</summary>
    public static int WriteSenderReport(
        Span<byte> destination,
        Ssrc sender,
        NtpTime ntpTime,
        RtpTimestamp rtpTimestamp,
        uint packetCount,
        uint octetCount,
        ReadOnlySpan<ReportBlock> blocks = default)
    {
        var length = RtcpPacket.HeaderLength + SenderReport.BodyLength + (blocks.Length * ReportBlock.Length);
        WriteHeader(destination, RtcpType.SenderReport, blocks.Length, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], sender.Value);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], ntpTime.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], rtpTimestamp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], octetCount);
        WriteBlocks(destination[(RtcpPacket.HeaderLength + SenderReport.BodyLength)..], blocks);
        return length;
    }

    /// <summary>
    /// RR (RFC 3550 §6.4.2) with at most 31 blocks; without any it is the report that a compound must begin with.
    /// </summary>
    public static int WriteReceiverReport(Span<byte> destination, Ssrc sender, ReadOnlySpan<ReportBlock> blocks = default)
    {
        var length = RtcpPacket.HeaderLength + ReceiverReport.BodyLength + (blocks.Length * ReportBlock.Length);
        WriteHeader(destination, RtcpType.ReceiverReport, blocks.Length, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], sender.Value);
        WriteBlocks(destination[(RtcpPacket.HeaderLength + ReceiverReport.BodyLength)..], blocks);
        return length;
    }

    /// <summary>SDES (RFC 3550 §6.5) with one source's canonical name of at most 255 bytes of UTF-8.</summary>
    public static int WriteSourceDescription(Span<byte> destination, Ssrc source, string cname)
    {
        var textLength = Encoding.UTF8.GetByteCount(cname);
        if (textLength > byte.MaxValue)
        {
            throw new ArgumentException("A canonical name has at most 255 bytes.", nameof(cname));
        }

        // At least one zero byte ends the chunk.
        const int TextStart = RtcpPacket.HeaderLength + 6;
        var length = (TextStart + textLength + 4) & ~3;
        WriteHeader(destination, RtcpType.SourceDescription, count: 1, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], source.Value);
        destination[8] = SourceDescription.Cname;
        destination[9] = (byte)textLength;
        Encoding.UTF8.GetBytes(cname, destination[TextStart..]);
        destination[(TextStart + textLength)..length].Clear();
        return length;
    }

    /// <summary>BYE (RFC 3550 §6.6) for at most 31 sources.</summary>
    public static int WriteGoodbye(Span<byte> destination, ReadOnlySpan<Ssrc> sources)
    {
        var length = RtcpPacket.HeaderLength + (sources.Length * sizeof(uint));
        WriteHeader(destination, RtcpType.Goodbye, sources.Length, length);
        WriteSources(destination[RtcpPacket.HeaderLength..], sources);
        return length;
    }

    /// <summary>
    /// Generic NACK (RFC 4585 §6.2.1) for numbers in ascending order (wrapping). As many as fit into the destination
    /// are written;
    /// <paramref name="taken"/> says how many. Without numbers nothing is written and the length is 0.
    /// </summary>
    public static int WriteNack(
        Span<byte> destination, Ssrc sender, Ssrc media, ReadOnlySpan<SequenceNumber> lost, out int taken)
    {
        const int PairsStart = RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength;
        taken = 0;
        var length = PairsStart;
        while (taken < lost.Length && destination.Length - length >= Nack.PairLength)
        {
            var packetId = lost[taken++];
            ushort mask = 0;
            while (taken < lost.Length && packetId.DistanceTo(lost[taken]) is >= 1 and <= 16 and var distance)
            {
                mask |= (ushort)(1 << (distance - 1));
                taken++;
            }

            BinaryPrimitives.WriteUInt16BigEndian(destination[length..], packetId.Value);
            BinaryPrimitives.WriteUInt16BigEndian(destination[(length + 2)..], mask);
            length += Nack.PairLength;
        }

        if (taken == 0)
        {
            return 0;
        }

        WriteFeedbackHeader(destination, RtcpType.TransportLayerFeedback, TransportLayerFeedback.Nack, length, sender, media);
        return length;
    }

    /// <summary>PLI (RFC 4585 §6.3.1).</summary>
    public static int WritePictureLossIndication(Span<byte> destination, Ssrc sender, Ssrc media)
    {
        const int Length = RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength;
        WriteFeedbackHeader(
            destination,
            RtcpType.PayloadSpecificFeedback,
            PayloadSpecificFeedback.PictureLossIndication,
            Length,
            sender,
            media);
        return Length;
    }

    /// <summary>
    /// FIR (RFC 5104 §4.3.1) for one stream. <paramref name="commandSequence"/> goes up by one with each new request
    /// and stays when the same is repeated.
    /// </summary>
    public static int WriteFullIntraRequest(Span<byte> destination, Ssrc sender, Ssrc media, byte commandSequence)
    {
        const int EntryStart = RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength;
        const int Length = EntryStart + FullIntraRequest.EntryLength;

        // §4.3.1.2: the media source of the header is 0; the entries name the streams.
        WriteFeedbackHeader(
            destination, RtcpType.PayloadSpecificFeedback, PayloadSpecificFeedback.FullIntraRequest, Length, sender, default);
        BinaryPrimitives.WriteUInt32BigEndian(destination[EntryStart..], media.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[(EntryStart + 4)..], (uint)commandSequence << 24);
        return Length;
    }

    /// <summary>REMB (draft-alvestrand-rmcat-remb-03 §2); the rate loses what its 18 bits cannot hold.</summary>
    public static int WriteRemb(Span<byte> destination, Ssrc sender, long bitsPerSecond, ReadOnlySpan<Ssrc> sources)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitsPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Length, byte.MaxValue, nameof(sources));
        const int MessageStart = RtcpPacket.HeaderLength + RtcpPacket.FeedbackHeaderLength;
        var length = MessageStart + Remb.FixedLength + (sources.Length * sizeof(uint));
        WriteFeedbackHeader(
            destination, RtcpType.PayloadSpecificFeedback, PayloadSpecificFeedback.ApplicationLayer, length, sender, default);

        var exponent = Math.Max(0, 46 - long.LeadingZeroCount(bitsPerSecond));
        var mantissa = bitsPerSecond >> (int)exponent;
        Remb.Identifier.CopyTo(destination[MessageStart..]);
        BinaryPrimitives.WriteUInt32BigEndian(
            destination[(MessageStart + 4)..], ((uint)sources.Length << 24) | ((uint)exponent << 18) | (uint)mantissa);
        WriteSources(destination[(MessageStart + Remb.FixedLength)..], sources);
        return length;
    }

    internal static void WriteFeedbackHeader(
        Span<byte> destination, RtcpType type, int format, int length, Ssrc sender, Ssrc media)
    {
        WriteHeader(destination, type, format, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], sender.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], media.Value);
    }

    /// <summary>
    /// Fills a packet of <paramref name="length"/> bytes up to a multiple of four: zeros, then the count (RFC 3550
    /// §6.4.1). Returns the new length; when it is longer, <see cref="SetPaddingBit"/> is due once the header is
    /// written.
    /// </summary>
    internal static int WritePadding(Span<byte> destination, int length)
    {
        var padded = (length + 3) & ~3;
        if (padded > length)
        {
            destination[length..padded].Clear();
            destination[padded - 1] = (byte)(padded - length);
        }

        return padded;
    }

    internal static void SetPaddingBit(Span<byte> packet) => packet[0] |= PaddingBit;

    private static void WriteHeader(Span<byte> destination, RtcpType type, int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)((length / 4) - 1));
        destination[1] = (byte)type;
        destination[0] = (byte)(VersionBits | count);
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(destination[(i * ReportBlock.Length)..]);
        }
    }

    private static void WriteSources(Span<byte> destination, ReadOnlySpan<Ssrc> sources)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(i * sizeof(uint))..], sources[i].Value);
        }
    }
}
