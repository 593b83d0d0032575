using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// GHASH as in <see cref="Ghash128"/> with four blocks per instruction (VPCLMULQDQ), and masked loads and stores for what ends within
/// a block.
/// </summary>
internal readonly unsafe struct Ghash512 : IGhash<Vector512<ulong>>
{
    private const int BlockLength = AesRounds.BlockLength;
    private const int GroupLength = GcmKernel.GroupLength;
    private const int VectorLength = 64;

    public static bool IsSupported => Pclmulqdq.V512.IsSupported && Avx512BW.IsSupported && Ssse3.IsSupported;

    public static int VectorsPerGroup => GroupLength / VectorLength;

    private static Vector512<ulong> Polynomial
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(0, 0xC200_0000_0000_0000, 0, 0xC200_0000_0000_0000, 0, 0xC200_0000_0000_0000, 0, 0xC200_0000_0000_0000);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> HashAssociated(byte* data, int length, byte* powersEnd)
    {
        var hash = Vector128<ulong>.Zero;
        Vector512<ulong> low, middle, high;
        while (length > VectorLength)
        {
            low = middle = high = default;
            Accumulate(ToNumbers(Vector512.Load(data)) ^ Widen(hash), powersEnd - VectorLength, ref low, ref middle, ref high);
            hash = Reduce(low, middle, high);
            data += VectorLength;
            length -= VectorLength;
        }

        low = middle = high = default;
        var first = Avx512BW.MaskLoad(data, FirstBytes(length), default);
        var power = powersEnd - ((length + BlockLength - 1) / BlockLength * BlockLength);
        Accumulate(ToNumbers(first) ^ Widen(hash), power, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(
        int index,
        byte* ciphertext,
        byte* powersEnd,
        Vector128<ulong> hash,
        ref Vector512<ulong> low,
        ref Vector512<ulong> middle,
        ref Vector512<ulong> high)
    {
        var numbers = ToNumbers(Vector512.Load(ciphertext + (index * VectorLength)));
        numbers = index == 0 ? numbers ^ Widen(hash) : numbers;
        Accumulate(numbers, powersEnd - GroupLength + (index * VectorLength), ref low, ref middle, ref high);
    }

    // All lanes are reduced at once, then added up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reduce(Vector512<ulong> low, Vector512<ulong> middle, Vector512<ulong> high)
    {
        middle ^= Swap(low) ^ Pclmulqdq.V512.CarrylessMultiply(Polynomial, low, 0x01);
        high ^= Swap(middle) ^ Pclmulqdq.V512.CarrylessMultiply(Polynomial, middle, 0x01);
        var half = high.GetLower() ^ high.GetUpper();
        return half.GetLower() ^ half.GetUpper();
    }

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
        (Vector512.Load(source) ^ Join(k0, k1, k2, k3)).Store(destination);
        (Vector512.Load(source + VectorLength) ^ Join(k4, k5, k6, k7)).Store(destination + VectorLength);
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
        Vector128<byte> k7)
    {
        var firstMask = FirstBytes(length);
        var firstInput = Avx512BW.MaskLoad(source, firstMask, default);
        var firstOutput = (firstInput ^ Join(k0, k1, k2, k3)) & firstMask;
        Avx512BW.MaskStore(destination, firstMask, firstOutput);
        var secondMask = FirstBytes(length - VectorLength);
        var secondInput = Avx512BW.MaskLoad(source + VectorLength, secondMask, default);
        var secondOutput = (secondInput ^ Join(k4, k5, k6, k7)) & secondMask;
        Avx512BW.MaskStore(destination + VectorLength, secondMask, secondOutput);

        Vector512<ulong> low = default, middle = default, high = default;
        Accumulate(Widen(lengths), powersEnd - BlockLength, ref low, ref middle, ref high);
        var power = powersEnd - ((length + BlockLength - 1) / BlockLength * BlockLength) - BlockLength;
        var second = ToNumbers(isSealing ? secondOutput : secondInput);
        Accumulate(second, power + VectorLength, ref low, ref middle, ref high);
        var first = ToNumbers(isSealing ? firstOutput : firstInput) ^ Widen(hash);
        Accumulate(first, power, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        Vector512<ulong> numbers,
        byte* powerAddress,
        ref Vector512<ulong> low,
        ref Vector512<ulong> middle,
        ref Vector512<ulong> high)
    {
        var powers = Vector512.Load(powerAddress).AsUInt64();
        low ^= Pclmulqdq.V512.CarrylessMultiply(numbers, powers, 0x00);
        middle ^= Pclmulqdq.V512.CarrylessMultiply(numbers, powers, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(numbers, powers, 0x10);
        high ^= Pclmulqdq.V512.CarrylessMultiply(numbers, powers, 0x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Join(Vector128<byte> k0, Vector128<byte> k1, Vector128<byte> k2, Vector128<byte> k3) =>
        Vector512.Create(Vector256.Create(k0, k1), Vector256.Create(k2, k3));

    // The other lanes are 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Widen(Vector128<ulong> number) => number.ToVector256().ToVector512();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> ToNumbers(Vector512<byte> blocks) => Avx512BW.Shuffle(
        blocks,
        Vector512.Create(0x08090A0B0C0D0E0F, 0x0001020304050607, 0x08090A0B0C0D0E0F, 0x0001020304050607,
            0x08090A0B0C0D0E0F, 0x0001020304050607, 0x08090A0B0C0D0E0F, 0x0001020304050607).AsByte()).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Swap(Vector512<ulong> numbers) => Avx512F.Shuffle(numbers.AsUInt32(), 0x4E).AsUInt64();

    // Signed, so that a length below 0 masks everything; at most 127.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> FirstBytes(int length) =>
        Vector512.GreaterThan(Vector512.Create((sbyte)length), Vector512<sbyte>.Indices).AsByte();
}
