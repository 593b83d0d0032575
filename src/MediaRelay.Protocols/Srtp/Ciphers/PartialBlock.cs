using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// Blocks of 1 to 15 bytes, loaded and stored without touching what lies beyond them: two words that overlap, since a copy through
/// memory would make the load wait for the stores.
/// </summary>
internal static unsafe class PartialBlock
{
    /// <summary>The bytes, filled with zeros.</summary>
    public static Vector128<byte> Load(byte* source, int length)
    {
        if (length >= sizeof(ulong))
        {
            var tail = Unsafe.ReadUnaligned<ulong>(source + length - sizeof(ulong));

            // At length 8 nothing is left for the upper half; a shift by 64 would be one by 0.
            var high = length == sizeof(ulong) ? 0 : tail >> ((2 * sizeof(ulong) - length) * 8);
            return Vector128.Create(Unsafe.ReadUnaligned<ulong>(source), high).AsByte();
        }

        return Vector128.CreateScalar(LoadWord(source, length)).AsByte();
    }

    public static void Store(byte* destination, int length, Vector128<byte> block)
    {
        var words = block.AsUInt64();
        var word = words.ToScalar();
        if (length >= sizeof(ulong))
        {
            Unsafe.WriteUnaligned(destination, word);
            destination += sizeof(ulong);
            length -= sizeof(ulong);
            word = words.GetElement(1);
        }

        StoreWord(destination, length, word);
    }

    private static ulong LoadWord(byte* source, int length)
    {
        if (length >= sizeof(uint))
        {
            ulong tail = Unsafe.ReadUnaligned<uint>(source + length - sizeof(uint));
            return Unsafe.ReadUnaligned<uint>(source) | (tail << ((length - sizeof(uint)) * 8));
        }

        ulong word = 0;
        for (var i = 0; i < length; i++)
        {
            word |= (ulong)source[i] << (i * 8);
        }

        return word;
    }

    private static void StoreWord(byte* destination, int length, ulong word)
    {
        if (length >= sizeof(uint))
        {
            Unsafe.WriteUnaligned(destination, (uint)word);
            destination += sizeof(uint);
            length -= sizeof(uint);
            word >>= 32;
        }

        for (var i = 0; i < length; i++)
        {
            destination[i] = (byte)(word >> (i * 8));
        }
    }
}
