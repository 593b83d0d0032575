using System.Buffers.Binary;
using System.Numerics;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;
using Sse42 = System.Runtime.Intrinsics.X86.Sse42;

namespace MediaRelay.Protocols.Sctp;

/// <summary>CRC32c, the checksum of SCTP (RFC 9260 Appendix A); the polynomial and vectors are also those of RFC 3720 §B.4.</summary>
internal static class Crc32c
{
    /// <summary>The Castagnoli polynomial 0x1EDC6F41, bits reversed.</summary>
    private const uint Polynomial = 0x82F6_3B78;

    private static readonly uint[] Table = MakeTable();

    public static bool IsHardwareAccelerated => Sse42.IsSupported || ArmCrc32.IsSupported;

    /// <summary>The CRC of <paramref name="data"/>; it goes on the wire least significant byte first.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => ~Update(uint.MaxValue, data);

    /// <summary>Takes more bytes into a running CRC, which starts as all ones and is inverted at the end.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> data) =>
        IsHardwareAccelerated ? UpdateWithHardware(crc, data) : UpdateWithTable(crc, data);

    public static uint UpdateWithHardware(uint crc, ReadOnlySpan<byte> data)
    {
        // BitOperations becomes the CPU's instruction (SSE 4.2, ARMv8 CRC).
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    public static uint UpdateWithTable(uint crc, ReadOnlySpan<byte> data)
    {
        var table = Table;
        foreach (var value in data)
        {
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            table[i] = crc;
        }

        return table;
    }
}
