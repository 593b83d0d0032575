using System.Buffers.Binary;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// Record headers (RFC 6347 §4.1): type, version, epoch, sequence number, and at offset 11 the length of what follows its 13 bytes.
/// </summary>
internal static class DtlsRecords
{
    public const int HeaderLength = 13;

    private const int LengthOffset = 11;
    private const int EpochOffset = 3;
    private const ushort Dtls12 = 0xFEFD;
    private const ulong SequenceMask = (1UL << 48) - 1;

    /// <summary>The first byte is a DTLS one (RFC 7983 §7) and the first record lies whole in the datagram.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] is >= 20 and <= 63 && GetRecordLength(datagram) <= datagram.Length;

    /// <summary>Bytes of the first record with its header.</summary>
    public static int GetRecordLength(ReadOnlySpan<byte> record) =>
        HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(record[LengthOffset..]);

    /// <summary>The first record belongs to an epoch that has keys.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadUInt16BigEndian(datagram[EpochOffset..]) != 0;

    /// <summary>The first record is of DTLS 1.2 and of epoch 1, the only one with keys: nobody renegotiates.</summary>
    public static bool IsOfFirstKeys(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadUInt16BigEndian(datagram[1..]) == Dtls12 && BinaryPrimitives.ReadUInt16BigEndian(datagram[EpochOffset..]) == 1;

    public static DtlsContentType GetContentType(ReadOnlySpan<byte> record) => (DtlsContentType)record[0];

    /// <summary>The 48-bit sequence number within the record's epoch.</summary>
    public static long GetSequence(ReadOnlySpan<byte> record) =>
        (long)(BinaryPrimitives.ReadUInt64BigEndian(record[EpochOffset..]) & SequenceMask);

    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="type">What follows.</param>
    /// <param name="epoch">0 plain, 1 encrypted.</param>
    /// <param name="sequence">48 bits.</param>
    /// <param name="length">Bytes behind the header.</param>
    public static void WriteHeader(Span<byte> destination, DtlsContentType type, ushort epoch, long sequence, int length)
    {
        destination[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], Dtls12);
        BinaryPrimitives.WriteUInt64BigEndian(destination[EpochOffset..], ((ulong)epoch << 48) | ((ulong)sequence & SequenceMask));
        BinaryPrimitives.WriteUInt16BigEndian(destination[LengthOffset..], (ushort)length);
    }

    /// <summary>
    /// Bytes of the leading whole records that fit into one datagram of <paramref name="maxLength"/>; the first record counts even
    /// when it is longer. <paramref name="records"/> begins with a whole record.
    /// </summary>
    public static int CutDatagram(ReadOnlySpan<byte> records, int maxLength)
    {
        var length = GetRecordLength(records);
        while (records.Length - length >= HeaderLength)
        {
            var next = length + GetRecordLength(records[length..]);
            if (next > maxLength || next > records.Length)
            {
                break;
            }

            length = next;
        }

        return length;
    }
}
