using System.Buffers.Binary;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Srtp.Ciphers;

namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// Encrypts and decrypts the records of epoch 1 with AES-128-GCM (RFC 6347 §4.1.2, RFC 5288 §3). It goes on where OpenSSL stopped, so
/// sequence numbers and nonces are never used twice.
/// </summary>
internal sealed class RecordProtection : IDisposable
{
    /// <summary>Bytes that a record is longer than its content: header, explicit nonce, tag.</summary>
    public const int Overhead = DtlsRecords.HeaderLength + ExplicitNonceLength + TagLength;

    private const int ExplicitNonceLength = sizeof(ulong);
    private const int TagLength = GcmCipher.TagLength;

    // RFC 5246 §6.2.3.3: epoch and sequence number, type, version, length of the content.
    private const int AssociatedLength = 13;

    // RFC 6347 §4.1.2.6.
    private const int ReplayWindowSize = 64;

    private readonly TrafficKeys _keys;
    private readonly DtlsRole _role;
    private readonly ReplayWindow _received = new(ReplayWindowSize);
    private long _nextSequence;
    private ulong _nextNonce;

    // Made when first needed: a viewer without data channels writes and reads nothing until it leaves.
    private GcmCipher? _writing;
    private GcmCipher? _reading;

    /// <param name="keys">Owned from now on.</param>
    /// <param name="role">Ours.</param>
    /// <param name="nextSequence">The number of the first record to write.</param>
    /// <param name="nextNonce">Its explicit nonce; the next ones count up from it.</param>
    public RecordProtection(TrafficKeys keys, DtlsRole role, long nextSequence, ulong nextNonce)
    {
        _keys = keys;
        _role = role;
        _nextSequence = nextSequence;
        _nextNonce = nextNonce;
    }

    private DtlsRole PeerRole => _role == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;

    /// <summary>
    /// The content of a record of epoch 1 that <paramref name="writer"/> wrote; null when these are not its keys. Nothing is checked
    /// against replay.
    /// </summary>
    public static byte[]? TryOpen(TrafficKeys keys, DtlsRole writer, ReadOnlySpan<byte> record)
    {
        using var cipher = GcmCipher.Create(keys.Key(writer), GcmCipher.Best);
        var content = new byte[Math.Max(0, record.Length - Overhead)];
        return TryDecrypt(cipher, keys.Salt(writer), record, content, out _) ? content : null;
    }

    /// <summary>Writes a record with the next number and returns its length: <see cref="Overhead"/> more than the content's.</summary>
    public int Protect(DtlsContentType type, ReadOnlySpan<byte> content, Span<byte> destination)
    {
        _writing ??= GcmCipher.Create(_keys.Key(_role), GcmCipher.Best);
        var length = content.Length + Overhead;
        DtlsRecords.WriteHeader(destination, type, epoch: 1, _nextSequence++, length - DtlsRecords.HeaderLength);
        BinaryPrimitives.WriteUInt64BigEndian(destination[DtlsRecords.HeaderLength..], _nextNonce++);

        Span<byte> associated = stackalloc byte[AssociatedLength];
        WriteAssociated(associated, destination, content.Length);
        _writing.Seal(
            ReadNonce(_keys.Salt(_role), destination),
            associated,
            content,
            destination.Slice(DtlsRecords.HeaderLength + ExplicitNonceLength, content.Length + TagLength));
        return length;
    }

    /// <summary>
    /// Decrypts one whole record of epoch 1; false when it is too short, was received before, or is forged.
    /// <paramref name="content"/> is as long as the record.
    /// </summary>
    public bool TryUnprotect(ReadOnlySpan<byte> record, Span<byte> content, out int length)
    {
        length = 0;
        var sequence = DtlsRecords.GetSequence(record);
        if (!_received.IsNew(sequence))
        {
            return false;
        }

        _reading ??= GcmCipher.Create(_keys.Key(PeerRole), GcmCipher.Best);
        if (!TryDecrypt(_reading, _keys.Salt(PeerRole), record, content, out length))
        {
            return false;
        }

        _received.Mark(sequence);
        return true;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _writing?.Dispose();
        _reading?.Dispose();
    }

    private static bool TryDecrypt(
        GcmCipher cipher, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> record, Span<byte> content, out int length)
    {
        length = record.Length - Overhead;
        if (length < 0)
        {
            length = 0;
            return false;
        }

        Span<byte> associated = stackalloc byte[AssociatedLength];
        WriteAssociated(associated, record, length);
        if (cipher.TryOpen(ReadNonce(salt, record), associated, record[(DtlsRecords.HeaderLength + ExplicitNonceLength)..], content))
        {
            return true;
        }

        length = 0;
        return false;
    }

    // RFC 5288 §3: the salt, then the explicit part.
    private static GcmNonce ReadNonce(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> record)
    {
        var explicitPart = BinaryPrimitives.ReadUInt64BigEndian(record[DtlsRecords.HeaderLength..]);
        return new GcmNonce(
            ((ulong)BinaryPrimitives.ReadUInt32BigEndian(salt) << 32) | (explicitPart >> 32), (uint)explicitPart);
    }

    private static void WriteAssociated(Span<byte> associated, ReadOnlySpan<byte> record, int contentLength)
    {
        // The same fields as in the header, in another order.
        record.Slice(3, sizeof(ulong)).CopyTo(associated);
        record[..3].CopyTo(associated[sizeof(ulong)..]);
        BinaryPrimitives.WriteUInt16BigEndian(associated[11..], (ushort)contentLength);
    }
}
