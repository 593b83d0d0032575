using System.Buffers.Binary;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// The framing of the link: <c>[u32 length][u8 type][u8 stream index][payload]</c>, big-endian; the length counts what
/// follows it.
/// </summary>
internal static class LinkFrame
{
    /// <summary>
    /// Version of the frames below; both sides are the same executable, so another one means a half-done update.
    /// </summary>
    public const ushort Version = 2;

    public const int HeaderLength = 6;

    /// <summary>Largest payload: a session's description; RTP packets are far smaller.</summary>
    public const int MaxPayloadLength = 64 * 1024;

    /// <summary>Longest RTP packet either side accepts: what fits a datagram on an Ethernet path, rounded up.</summary>
    public const int MaxRtpLength = 1984;

    private const int LengthPrefix = 4;

    public enum ReadResult
    {
        /// <summary>A whole frame was cut off the front of the buffer.</summary>
        Frame,

        /// <summary>The buffer ends inside a frame.</summary>
        Incomplete,

        /// <summary>The length is impossible: the two sides have lost each other and the link must be closed.</summary>
        Malformed,
    }

    /// <summary>
    /// Writes the header of a frame with <paramref name="payloadLength"/> bytes (≤ <see cref="MaxPayloadLength"/>).
    /// </summary>
    public static void WriteHeader(Span<byte> destination, LinkFrameType type, byte stream, int payloadLength)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(payloadLength + HeaderLength - LengthPrefix));
        destination[4] = (byte)type;
        destination[5] = stream;
    }

    /// <summary>
    /// Cuts one frame off the front of <paramref name="buffer"/>, which is left as it was unless a frame is whole.
    /// </summary>
    public static ReadResult TryRead(
        ref ReadOnlySpan<byte> buffer, out LinkFrameType type, out byte stream, out ReadOnlySpan<byte> payload)
    {
        type = default;
        stream = 0;
        payload = default;
        if (buffer.Length < LengthPrefix)
        {
            return ReadResult.Incomplete;
        }

        // The length is judged as soon as it is there: a frame that is too large must not be waited for.
        var length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length is < HeaderLength - LengthPrefix or > MaxPayloadLength + HeaderLength - LengthPrefix)
        {
            return ReadResult.Malformed;
        }

        var end = LengthPrefix + (int)length;
        if (buffer.Length < end)
        {
            return ReadResult.Incomplete;
        }

        type = (LinkFrameType)buffer[4];
        stream = buffer[5];
        payload = buffer[HeaderLength..end];
        buffer = buffer[end..];
        return ReadResult.Frame;
    }
}
