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

    /// <summary>The first byte is a DTLS one (RFC 7983 §7) and the first record lies whole in the datagram.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] is >= 20 and <= 63 && GetRecordLength(datagram) <= datagram.Length;

    /// <summary>Bytes of the first record with its header.</summary>
    public static int GetRecordLength(ReadOnlySpan<byte> record) =>
        HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(record[LengthOffset..]);

    /// <summary>The first record belongs to an epoch that has keys.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadUInt16BigEndian(datagram[EpochOffset..]) != 0;

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
