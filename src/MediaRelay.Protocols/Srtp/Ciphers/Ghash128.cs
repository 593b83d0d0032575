using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// GHASH with PCLMULQDQ, one block per instruction. Numbers are bit-reflected, which puts a product one bit too low; the hash key is
/// kept multiplied by x, so that this costs nothing per block, and reduction is two multiplications by the polynomial's upper terms
/// (S. Gueron, "AES-GCM for Efficient Authenticated Encryption – Ending the Reign of HMAC-SHA-1?", 2013).
/// </summary>
internal readonly unsafe struct Ghash128 : IGhash<Vector128<ulong>>
{
    private const int BlockLength = AesRounds.BlockLength;
    private const int GroupLength = GcmKernel.GroupLength;

    // x^128 + x^127 + x^126 + x^121 + 1, reflected, without the term that falls out.
    private const ulong PolynomialHigh = 0xC200_0000_0000_0000;

    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    public static int VectorsPerGroup => GroupLength / BlockLength;

    private static Vector128<ulong> Polynomial
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(0, PolynomialHigh);
    }

    /// <summary>
    /// Writes the powers of the hash key, which is the encrypted zero block, from the 9th to the first, each multiplied by x.
    /// </summary>
    public static void WritePowers(Vector128<byte> encryptedZeros, byte* powersEnd)
    {
        var number = Ssse3.Shuffle(encryptedZeros, AesRounds.Reversal).AsUInt64();
        var carry = (number.GetElement(0) >> 63, number.GetElement(1) >> 63);
        var key = Vector128.Create(
            (number.GetElement(0) << 1) ^ carry.Item2,
            (number.GetElement(1) << 1) ^ carry.Item1 ^ ((0 - carry.Item2) & PolynomialHigh));
        var power = key;
        for (var i = 1; i <= GcmKernel.Powers; i++)
        {
            power.AsByte().Store(powersEnd - (i * BlockLength));
            power = Multiply(power, key);
        }
    }

    public static Vector128<ulong> HashAssociated(byte* data, int length, byte* powersEnd)
    {
        var hash = Vector128<ulong>.Zero;
        while (length > 0)
        {
            var group = Math.Min(length, GroupLength);
            var power = powersEnd - ((group + BlockLength - 1) / BlockLength * BlockLength);
            Vector128<ulong> low = default, middle = default, high = default;
            for (var done = 0; done < group; done += BlockLength)
            {
                var left = group - done;
                var block = left >= BlockLength ? Vector128.Load(data + done) : PartialBlock.Load(data + done, left);
                Accumulate(ToNumber(block) ^ hash, power + done, ref low, ref middle, ref high);
                hash = default;
            }

            hash = Reduce(low, middle, high);
            data += group;
            length -= group;
        }

        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(
        int index,
        byte* ciphertext,
        byte* powersEnd,
        Vector128<ulong> hash,
        ref Vector128<ulong> low,
        ref Vector128<ulong> middle,
        ref Vector128<ulong> high)
    {
        var number = ToNumber(Vector128.Load(ciphertext + (index * BlockLength)));
        number = index == 0 ? number ^ hash : number;
        Accumulate(number, powersEnd - GroupLength + (index * BlockLength), ref low, ref middle, ref high);
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
        (Vector128.Load(source) ^ k0).Store(destination);
        (Vector128.Load(source + 16) ^ k1).Store(destination + 16);
        (Vector128.Load(source + 32) ^ k2).Store(destination + 32);
        (Vector128.Load(source + 48) ^ k3).Store(destination + 48);
        (Vector128.Load(source + 64) ^ k4).Store(destination + 64);
        (Vector128.Load(source + 80) ^ k5).Store(destination + 80);
        (Vector128.Load(source + 96) ^ k6).Store(destination + 96);
        (Vector128.Load(source + 112) ^ k7).Store(destination + 112);
    }

    [SkipLocalsInit]
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
        var keystream = stackalloc Vector128<byte>[8];
        keystream[0] = k0;
        keystream[1] = k1;
        keystream[2] = k2;
        keystream[3] = k3;
        keystream[4] = k4;
        keystream[5] = k5;
        keystream[6] = k6;
        keystream[7] = k7;

        var power = powersEnd - ((length + BlockLength - 1) / BlockLength * BlockLength) - BlockLength;
        Vector128<ulong> low = default, middle = default, high = default;
        while (length >= BlockLength)
        {
            var input = Vector128.Load(source);
            var output = input ^ *keystream;
            output.Store(destination);
            Accumulate(ToNumber(isSealing ? output : input) ^ hash, power, ref low, ref middle, ref high);
            hash = default;
            keystream++;
            source += BlockLength;
            destination += BlockLength;
            power += BlockLength;
            length -= BlockLength;
        }

        if (length > 0)
        {
            var input = PartialBlock.Load(source, length);
            var output = input ^ *keystream;
            PartialBlock.Store(destination, length, output);
            var cipher = isSealing ? Vector128.ConditionalSelect(FirstBytes(length), output, default) : input;
            Accumulate(ToNumber(cipher) ^ hash, power, ref low, ref middle, ref high);
            hash = default;
        }

        Accumulate(lengths ^ hash, powersEnd - BlockLength, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        middle ^= Swap(low) ^ Pclmulqdq.CarrylessMultiply(Polynomial, low, 0x01);
        return high ^ Swap(middle) ^ Pclmulqdq.CarrylessMultiply(Polynomial, middle, 0x01);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        Vector128<ulong> number,
        byte* powerAddress,
        ref Vector128<ulong> low,
        ref Vector128<ulong> middle,
        ref Vector128<ulong> high)
    {
        var power = Vector128.Load(powerAddress).AsUInt64();
        low ^= Pclmulqdq.CarrylessMultiply(number, power, 0x00);
        middle ^= Pclmulqdq.CarrylessMultiply(number, power, 0x01) ^ Pclmulqdq.CarrylessMultiply(number, power, 0x10);
        high ^= Pclmulqdq.CarrylessMultiply(number, power, 0x11);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right)
    {
        Vector128<ulong> low = default, middle = default, high = default;
        Accumulate(left, (byte*)&right, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> ToNumber(Vector128<byte> block) => Ssse3.Shuffle(block, AesRounds.Reversal).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Swap(Vector128<ulong> number) => Sse2.Shuffle(number.AsUInt32(), 0x4E).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FirstBytes(int length) =>
        Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
}
