using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// The last bytes of a synthetic picture: when it was made and its number, so that a viewer in the same process can measure how long
/// it took. Each four bits are a byte of their own without zeros, so that no start code can appear; the last byte is what ends a
/// NAL unit (rbsp_trailing_bits).
/// <code>
/// "MRtc" | nanoseconds on the process's clock (16 × 4 bits) | frame number (8 × 4 bits) | 0x80
/// </code>
/// </summary>
public static class TimeCode
{
    public const int Length = 29;
    private const int TimeDigits = 16;
    private const int NumberDigits = 8;
    private const byte Digit = 0x60;
    private const byte Trailer = 0x80;

    private static ReadOnlySpan<byte> Magic => "MRtc"u8;

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public static void Write(Span<byte> destination, Timestamp madeAt, uint number)
    {
        destination[Length - 1] = Trailer;
        WriteDigits(destination.Slice(Magic.Length + TimeDigits, NumberDigits), number);
        WriteDigits(destination.Slice(Magic.Length, TimeDigits), (ulong)madeAt.Nanoseconds);
        Magic.CopyTo(destination);
    }

    /// <summary>Reads it from the end of a picture's last RTP payload; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Timestamp madeAt, out uint number)
    {
        madeAt = default;
        number = 0;
        if (payload.Length < Length || payload[^1] != Trailer)
        {
            return false;
        }

        var code = payload[^Length..];
        if (!code.StartsWith(Magic)
            || !TryReadDigits(code.Slice(Magic.Length, TimeDigits), out var nanoseconds)
            || !TryReadDigits(code.Slice(Magic.Length + TimeDigits, NumberDigits), out var read))
        {
            return false;
        }

        madeAt = new Timestamp((long)nanoseconds);
        number = (uint)read;
        return true;
    }

    private static void WriteDigits(Span<byte> digits, ulong value)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)(Digit | (value & 0xF));
            value >>= 4;
        }
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if ((digit & 0xF0) != Digit)
            {
                return false;
            }

            value = (value << 4) | (uint)(digit & 0xF);
        }

        return true;
    }
}
