using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// GHASH as in <see cref="Ghash128"/> with two blocks per instruction (VPCLMULQDQ), for processors without 512-bit vectors. These have
/// no masked access to bytes either, so header and end go block by block.
/// </summary>
internal readonly unsafe struct Ghash256 : IGhash<Vector256<ulong>>
{
    private const int GroupLength = GcmKernel.GroupLength;
    private const int VectorLength = 32;

    public static bool IsSupported => Pclmulqdq.V256.IsSupported && Avx2.IsSupported && Ghash128.IsSupported;

    public static int VectorsPerGroup => GroupLength / VectorLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> HashAssociated(byte* data, int length, byte* powersEnd) =>
        Ghash128.HashAssociated(data, length, powersEnd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(
        int index,
        byte* ciphertext,
        byte* powersEnd,
        Vector128<ulong> hash,
        ref Vector256<ulong> low,
        ref Vector256<ulong> middle,
        ref Vector256<ulong> high)
    {
        var offset = index * VectorLength;
        var numbers = Avx2.Shuffle(Vector256.Load(ciphertext + offset), Vector256.Create(AesRounds.Reversal)).AsUInt64();
        numbers = index == 0 ? numbers ^ hash.ToVector256() : numbers;
        var powers = Vector256.Load(powersEnd - GroupLength + offset).AsUInt64();
        low ^= Pclmulqdq.V256.CarrylessMultiply(numbers, powers, 0x00);
        middle ^= Pclmulqdq.V256.CarrylessMultiply(numbers, powers, 0x01) ^ Pclmulqdq.V256.CarrylessMultiply(numbers, powers, 0x10);
        high ^= Pclmulqdq.V256.CarrylessMultiply(numbers, powers, 0x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reduce(Vector256<ulong> low, Vector256<ulong> middle, Vector256<ulong> high) => Ghash128.Reduce(
        low.GetLower() ^ low.GetUpper(), middle.GetLower() ^ middle.GetUpper(), high.GetLower() ^ high.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ApplyKeystream(
        byte* source,
        byte* destination,
        Vector128<byte> k0,
        Vector128<byte> k1,
        Vector128<byte> k2,
        Vector128<byte> k3,
        Vector128<byte> k4,
        Vector128<byte> k5,
        Vector128<byte> k6,
        Vector128<byte> k7)
    {
        (Vector256.Load(source) ^ Vector256.Create(k0, k1)).Store(destination);
        (Vector256.Load(source + 32) ^ Vector256.Create(k2, k3)).Store(destination + 32);
        (Vector256.Load(source + 64) ^ Vector256.Create(k4, k5)).Store(destination + 64);
        (Vector256.Load(source + 96) ^ Vector256.Create(k6, k7)).Store(destination + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> TransformLast(
        bool isSealing,
        byte* source,
        byte* destination,
        int length,
        byte* powersEnd,
        Vector128<ulong> hash,
        Vector128<ulong> lengths,
        Vector128<byte> k0,
        Vector128<byte> k1,
        Vector128<byte> k2,
        Vector128<byte> k3,
        Vector128<byte> k4,
        Vector128<byte> k5,
        Vector128<byte> k6,
        Vector128<byte> k7) =>
        Ghash128.TransformLast(
            isSealing, source, destination, length, powersEnd, hash, lengths, k0, k1, k2, k3, k4, k5, k6, k7);
}
