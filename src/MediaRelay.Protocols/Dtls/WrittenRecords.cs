using System.Buffers.Binary;

namespace MediaRelay.Protocols.Dtls;

/// <summary>What OpenSSL has written so far, as far as somebody who goes on in its place must know it.</summary>
internal sealed class WrittenRecords
{
    /// <summary>The number of the next record in epoch 0.</summary>
    public long NextPlainSequence { get; private set; }

    /// <summary>The number of the next record in epoch 1.</summary>
    public long NextSequence { get; private set; }

    /// <summary>
    /// The explicit nonce after the last one of epoch 1. OpenSSL begins at a random one and counts up (RFC 5288 §3 leaves it free).
    /// </summary>
    public ulong NextNonce { get; private set; }

    /// <summary>The newest encrypted handshake record, which is our Finished; empty before it.</summary>
    public byte[] Finished { get; private set; } = [];

    /// <summary>Looks at a datagram of whole records on its way out.</summary>
    public void Note(ReadOnlySpan<byte> datagram)
    {
        while (DtlsRecords.IsPlausible(datagram))
        {
            var record = datagram[..DtlsRecords.GetRecordLength(datagram)];
            datagram = datagram[record.Length..];
            if (!DtlsRecords.IsEncrypted(record))
            {
                NextPlainSequence = DtlsRecords.GetSequence(record) + 1;
            }
            else if (record.Length >= RecordProtection.Overhead)
            {
                NextSequence = DtlsRecords.GetSequence(record) + 1;
                NextNonce = BinaryPrimitives.ReadUInt64BigEndian(record[DtlsRecords.HeaderLength..]) + 1;
                if (DtlsRecords.GetContentType(record) == DtlsContentType.Handshake)
                {
                    Finished = record.ToArray();
                }
            }
        }
    }
}
