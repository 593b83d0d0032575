using System.Buffers.Binary;

namespace MediaRelay.Protocols.Tests.Dtls;

/// <summary>Cuts a handshake message as a peer with a large key share does (RFC 6347 §4.2.3).</summary>
internal static class HandshakeFragments
{
    private const int RecordHeader = 13;
    private const int HandshakeHeader = 12;

    // Beyond what the client's own next records have, within the replay window of 64.
    private const int FirstSequenceNumber = 20;

    /// <summary>One datagram per fragment of the only message in <paramref name="datagram"/>.</summary>
    public static List<byte[]> Split(byte[] datagram, int fragmentLength)
    {
        var message = datagram.AsSpan(RecordHeader + HandshakeHeader);
        var fragments = new List<byte[]>();
        for (var offset = 0; offset < message.Length; offset += fragmentLength)
        {
            var length = Math.Min(fragmentLength, message.Length - offset);
            var fragment = new byte[RecordHeader + HandshakeHeader + length];
            datagram.AsSpan(0, RecordHeader + HandshakeHeader).CopyTo(fragment);
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(9), (ushort)(FirstSequenceNumber + fragments.Count));
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(11), (ushort)(HandshakeHeader + length));
            WriteUInt24(fragment.AsSpan(RecordHeader + 6), offset);
            WriteUInt24(fragment.AsSpan(RecordHeader + 9), length);
            message.Slice(offset, length).CopyTo(fragment.AsSpan(RecordHeader + HandshakeHeader));
            fragments.Add(fragment);
        }

        return fragments;
    }

    private static void WriteUInt24(Span<byte> destination, int value)
    {
        destination[0] = (byte)(value >> 16);
        destination[1] = (byte)(value >> 8);
        destination[2] = (byte)value;
    }
}
