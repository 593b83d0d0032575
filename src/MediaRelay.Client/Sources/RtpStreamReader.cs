using System.Buffers.Binary;

namespace MediaRelay.Client.Sources;

/// <summary>Cuts a byte stream into RTP packets, each behind its length in 16 bits (RFC 4571 §2).</summary>
internal sealed class RtpStreamReader(Stream stream)
{
    private readonly byte[] _packet = new byte[ushort.MaxValue];

    /// <summary>The next packet, borrowed until the next call; false at the stream's end, also in the middle of a packet.</summary>
    public bool TryRead(out ReadOnlySpan<byte> packet)
    {
        packet = default;
        Span<byte> length = stackalloc byte[2];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            return false;
        }

        var space = _packet.AsSpan(0, BinaryPrimitives.ReadUInt16BigEndian(length));
        if (stream.ReadAtLeast(space, space.Length, throwOnEndOfStream: false) < space.Length)
        {
            return false;
        }

        packet = space;
        return true;
    }
}
