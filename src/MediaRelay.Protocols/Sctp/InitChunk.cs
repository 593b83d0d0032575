using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// INIT and INIT ACK (RFC 9260 §3.3.2, §3.3.3), which have the same shape.
/// <code>
/// |   Type = 1, 2 |  Chunk Flags  |      Chunk Length             |
/// |                         Initiate Tag                          |
/// |           Advertised Receiver Window Credit (a_rwnd)          |
/// |  Number of Outbound Streams   |   Number of Inbound Streams   |
/// |                          Initial TSN                          |
/// \              Optional/Variable-Length Parameters              \
/// </code>
/// </summary>
internal readonly ref struct InitChunk
{
    public const int FixedLength = 16;

    /// <summary>RFC 9653 §6: the error detection method identifier of DTLS.</summary>
    private const uint DtlsErrorDetection = 1;

    private InitChunk(SctpPeerTerms terms, ReadOnlySpan<byte> cookie)
    {
        Terms = terms;
        Cookie = cookie;
    }

    public SctpPeerTerms Terms { get; }

    /// <summary>Only in INIT ACK.</summary>
    public ReadOnlySpan<byte> Cookie { get; }

    /// <summary>
    /// Reads the fixed part and the parameters that are known. Those that are not and want to be reported are copied, padded, to
    /// <paramref name="unrecognized"/> as long as they fit. False when the chunk is too short or a parameter's length is wrong.
    /// </summary>
    public static bool TryParse(SctpChunk chunk, Span<byte> unrecognized, out int unrecognizedLength, out InitChunk init)
    {
        init = default;
        unrecognizedLength = 0;
        if (chunk.Value.Length < FixedLength)
        {
            return false;
        }

        var extensions = SctpExtensions.None;
        ReadOnlySpan<byte> cookie = default;
        var reader = new SctpParameterReader(chunk.Value[FixedLength..]);
        while (reader.TryRead(out var type, out var parameter))
        {
            var value = parameter[SctpParameterReader.HeaderLength..];
            if (type == SctpParameterType.StateCookie)
            {
                cookie = value;
            }
            else if (type == SctpParameterType.ForwardTsnSupported)
            {
                extensions |= SctpExtensions.ForwardTsn;
            }
            else if (type == SctpParameterType.SupportedExtensions)
            {
                extensions |= ReadSupportedExtensions(value);
            }
            else if (type == SctpParameterType.ZeroChecksumAcceptable)
            {
                if (value.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(value) == DtlsErrorDetection)
                {
                    extensions |= SctpExtensions.ZeroChecksum;
                }
            }
            else if (!Enum.IsDefined(type))
            {
                // RFC 9260 §3.2.1: the second bit asks for a report, a first bit of 0 to stop here.
                var padded = (parameter.Length + 3) & ~3;
                if (((ushort)type & 0x4000) != 0 && unrecognizedLength + padded <= unrecognized.Length)
                {
                    var target = unrecognized.Slice(unrecognizedLength, padded);
                    target.Clear();
                    parameter.CopyTo(target);
                    unrecognizedLength += padded;
                }

                if (((ushort)type & 0x8000) == 0)
                {
                    break;
                }
            }
        }

        var fixedPart = chunk.Value;
        var terms = new SctpPeerTerms(
            Tag: BinaryPrimitives.ReadUInt32BigEndian(fixedPart),
            Window: BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]),
            OutgoingStreams: BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]),
            IncomingStreams: BinaryPrimitives.ReadUInt16BigEndian(fixedPart[10..]),
            InitialTsn: new Tsn(BinaryPrimitives.ReadUInt32BigEndian(fixedPart[12..])),
            extensions);
        init = new InitChunk(terms, cookie);
        return !reader.IsMalformed;
    }

    /// <summary>
    /// Adds INIT, or INIT ACK with a <paramref name="cookie"/>, and says that we know FORWARD-TSN, RE-CONFIG and (over DTLS) the
    /// zero checksum. <paramref name="unrecognized"/> are parameters of the peer's INIT to report.
    /// </summary>
    public static bool TryWrite(
        ref SctpPacketWriter writer,
        SctpChunkType type,
        in SctpPeerTerms own,
        scoped ReadOnlySpan<byte> cookie,
        scoped ReadOnlySpan<byte> unrecognized)
    {
        const int ExtensionsLength = 4 + 8 + 8;
        var cookieLength = cookie.IsEmpty ? 0 : SctpParameterReader.HeaderLength + ((cookie.Length + 3) & ~3);
        var reportLength = 0;
        var counter = new SctpParameterReader(unrecognized);
        while (counter.TryRead(out _, out var counted))
        {
            reportLength += SctpParameterReader.HeaderLength + ((counted.Length + 3) & ~3);
        }

        var length = FixedLength + cookieLength + ExtensionsLength + reportLength;
        if (!writer.TryAddChunk(type, flags: 0, length, out var value))
        {
            return false;
        }

        value.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(value, own.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], own.Window);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], own.OutgoingStreams);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], own.IncomingStreams);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], own.InitialTsn.Value);
        value = value[FixedLength..];

        if (!cookie.IsEmpty)
        {
            value = WriteParameter(value, SctpParameterType.StateCookie, cookie);
        }

        value = WriteParameter(value, SctpParameterType.ForwardTsnSupported, []);
        value = WriteParameter(
            value,
            SctpParameterType.SupportedExtensions,
            [(byte)SctpChunkType.Reconfig, (byte)SctpChunkType.ForwardTsn]);
        value = WriteParameter(value, SctpParameterType.ZeroChecksumAcceptable, [0, 0, 0, (byte)DtlsErrorDetection]);

        var reports = new SctpParameterReader(unrecognized);
        while (reports.TryRead(out _, out var report))
        {
            value = WriteParameter(value, SctpParameterType.UnrecognizedParameter, report);
        }

        return true;
    }

    private static Span<byte> WriteParameter(Span<byte> destination, SctpParameterType type, scoped ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(SctpParameterReader.HeaderLength + value.Length));
        value.CopyTo(destination[SctpParameterReader.HeaderLength..]);
        return destination[((SctpParameterReader.HeaderLength + value.Length + 3) & ~3)..];
    }

    private static SctpExtensions ReadSupportedExtensions(ReadOnlySpan<byte> chunkTypes)
    {
        var extensions = SctpExtensions.None;
        foreach (var type in chunkTypes)
        {
            extensions |= (SctpChunkType)type switch
            {
                SctpChunkType.Reconfig => SctpExtensions.Reconfig,
                SctpChunkType.ForwardTsn => SctpExtensions.ForwardTsn,
                _ => SctpExtensions.None,
            };
        }

        return extensions;
    }
}
