using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Testing.Probes.Codes;

/// <summary>What a probe's picture says of itself.</summary>
/// <param name="Source">Which source it is, 0–15.</param>
/// <param name="Frame">Number of the picture, 0–2²⁰−1; wraps.</param>
/// <param name="Time">When it was captured, in units of 100 µs since the source's epoch, 0–2²⁰−1; wraps.</param>
internal readonly record struct ProbeCode(int Source, int Frame, int Time)
{
    /// <summary>4 bits of source, 20 of frame, 20 of time, 16 of checksum; the first is the highest.</summary>
    public const int Bits = 60;

    public const int MaxSource = 15;

    /// <summary>Frames and times count up to this and begin again.</summary>
    public const int Modulus = 1 << 20;

    private const int ChecksumBits = 16;

    public ulong ToBits()
    {
        var content = ((ulong)Source << 40) | ((ulong)Frame << 20) | (uint)Time;
        return (content << ChecksumBits) | Checksum(content);
    }

    /// <summary>False when the checksum is not that of the rest.</summary>
    public static bool TryFromBits(ulong bits, [NotNullWhen(true)] out ProbeCode? code)
    {
        var content = bits >> ChecksumBits;
        if (bits >> Bits != 0 || (ushort)bits != Checksum(content))
        {
            code = null;
            return false;
        }

        code = new ProbeCode((int)(content >> 40), (int)(content >> 20) & (Modulus - 1), (int)content & (Modulus - 1));
        return true;
    }

    // CRC-16/CCITT-FALSE (ITU-T V.41's polynomial); its start value keeps a picture of one brightness from being a code.
    private static ushort Checksum(ulong content)
    {
        uint checksum = 0xFFFF;
        for (var bit = Bits - ChecksumBits - 1; bit >= 0; bit--)
        {
            var carry = (checksum >> 15) ^ ((uint)(content >> bit) & 1);
            checksum = ((checksum << 1) & 0xFFFF) ^ (carry != 0 ? 0x1021u : 0);
        }

        return (ushort)checksum;
    }
}
