using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// The last bytes of a synthetic picture: when it was made and sent, and its number, so that a viewer in the same process can measure
/// how long it took. Each four bits are a byte of their own without zeros, so that no start code can appear; the last byte is what ends a
/// NAL unit (rbsp_trailing_bits).
/// <code>
/// "MRtc" | made: nanoseconds on the process's clock (16 × 4 bits) | sent: as made | frame number (8 × 4 bits) | 0x80
/// </code>
/// </summary>
public static class TimeCode
{
    public const int Length = 45;
    private const int TimeDigits = 16;
    private const int NumberDigits = 8;
    private const int SentStart = 4 + TimeDigits;
    private const int NumberStart = SentStart + TimeDigits;
    private const byte Digit = 0x60;
    private const byte Trailer = 0x80;

    private static ReadOnlySpan<byte> Magic => "MRtc"u8;

    /// <summary>Writes <see cref="Length"/> bytes; as sent when made, until <see cref="TryStamp"/> knows better.</summary>
    public static void Write(Span<byte> destination, Timestamp madeAt, uint number)
    {
        destination[Length - 1] = Trailer;
        WriteDigits(destination.Slice(NumberStart, NumberDigits), number);
        WriteDigits(destination.Slice(SentStart, TimeDigits), (ulong)madeAt.Nanoseconds);
        WriteDigits(destination.Slice(Magic.Length, TimeDigits), (ulong)madeAt.Nanoseconds);
        Magic.CopyTo(destination);
    }

    /// <summary>Writes when it is sent into the time code at the end of a payload; false, and nothing changed, without one.</summary>
    public static bool TryStamp(Span<byte> payload, Timestamp sentAt)
    {
        if (!TryFind(payload, out var start))
        {
            return false;
        }

        WriteDigits(payload.Slice(start + SentStart, TimeDigits), (ulong)sentAt.Nanoseconds);
        return true;
    }

    /// <summary>Reads it from the end of a picture's last RTP payload; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out PictureTimes times, out uint number)
    {
        times = default;
        number = 0;
        if (!TryFind(payload, out var start))
        {
            return false;
        }

        var code = payload[start..];
        if (!TryReadDigits(code.Slice(Magic.Length, TimeDigits), out var made)
            || !TryReadDigits(code.Slice(SentStart, TimeDigits), out var sent)
            || !TryReadDigits(code.Slice(NumberStart, NumberDigits), out var read))
        {
            return false;
        }

        times = new PictureTimes(new Timestamp((long)made), new Timestamp((long)sent));
        number = (uint)read;
        return true;
    }

    private static bool TryFind(ReadOnlySpan<byte> payload, out int start)
    {
        start = payload.Length - Length;
        return start >= 0 && payload[^1] == Trailer && payload[start..].StartsWith(Magic);
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
