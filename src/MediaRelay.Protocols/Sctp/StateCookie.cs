using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// What a server needs to know of a handshake, given to the client to bring back, so that an INIT costs no memory (RFC 9260
/// §5.1.3). It is signed with a key of this process.
/// </summary>
internal readonly record struct StateCookie(
    SctpPeerTerms Local,
    SctpPeerTerms Peer,
    uint LocalTieTag,
    uint PeerTieTag,
    Timestamp CreatedAt)
{
    public const int Length = ContentLength + SignatureLength;

    private const int TermsLength = 17;
    private const int ContentLength = (2 * TermsLength) + 4 + 4 + 8;
    private const int SignatureLength = HMACSHA256.HashSizeInBytes;

    /// <summary>Valid.Cookie.Life of RFC 9260 §16.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public bool IsExpired(Timestamp now) => now - CreatedAt > Lifetime;

    /// <summary>False when the length or the signature is wrong.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out StateCookie cookie)
    {
        cookie = default;
        if (bytes.Length != Length)
        {
            return false;
        }

        Span<byte> signature = stackalloc byte[SignatureLength];
        HMACSHA256.HashData(Key, bytes[..ContentLength], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, bytes[ContentLength..]))
        {
            return false;
        }

        var rest = bytes[(2 * TermsLength)..];
        cookie = new StateCookie(
            ReadTerms(bytes),
            ReadTerms(bytes[TermsLength..]),
            BinaryPrimitives.ReadUInt32BigEndian(rest),
            BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
            new Timestamp(BinaryPrimitives.ReadInt64BigEndian(rest[8..])));
        return true;
    }

    /// <summary>Writes and signs <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        WriteTerms(destination, Local);
        WriteTerms(destination[TermsLength..], Peer);
        var rest = destination[(2 * TermsLength)..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, LocalTieTag);
        BinaryPrimitives.WriteUInt32BigEndian(rest[4..], PeerTieTag);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], CreatedAt.Nanoseconds);
        HMACSHA256.HashData(Key, destination[..ContentLength], destination[ContentLength..Length]);
    }

    private static SctpPeerTerms ReadTerms(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32BigEndian(bytes),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]),
        new Tsn(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
        (SctpExtensions)bytes[16]);

    private static void WriteTerms(Span<byte> bytes, in SctpPeerTerms terms)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, terms.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], terms.Window);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], terms.OutgoingStreams);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], terms.IncomingStreams);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], terms.InitialTsn.Value);
        bytes[16] = (byte)terms.Extensions;
    }
}
