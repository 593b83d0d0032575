using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using AesNi = System.Runtime.Intrinsics.X86.Aes;

namespace MediaRelay.Floor;

/// <summary>
/// AES-128-GCM with AES-NI and PCLMULQDQ: eight counter blocks at a time, GHASH over eight blocks with one reduction (Intel,
/// "Carry-Less Multiplication and Its Usage for Computing the GCM Mode"). What the floor is measured with, not what the relay uses.
/// </summary>
internal sealed unsafe class GcmKernel
{
    private const int BlockLength = 16;
    private const int Rounds = 10;
    private const int Parallel = 8;

    private static readonly Vector128<byte> Reverse =
        Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    private readonly Vector128<byte>[] _roundKeys = new Vector128<byte>[Rounds + 1];

    // The hash key's powers 1 to 8.
    private readonly Vector128<ulong>[] _powers = new Vector128<ulong>[Parallel];

    public GcmKernel(byte[] key)
    {
        ReadOnlySpan<byte> roundConstants = [1, 2, 4, 8, 16, 32, 64, 128, 27, 54];
        var roundKey = Vector128.Create(key);
        _roundKeys[0] = roundKey;
        for (var i = 0; i < Rounds; i++)
        {
            var assist = Sse2.Shuffle(KeygenAssist(roundKey, roundConstants[i]).AsInt32(), 0xFF).AsByte();
            roundKey ^= Sse2.ShiftLeftLogical128BitLane(roundKey, 4);
            roundKey ^= Sse2.ShiftLeftLogical128BitLane(roundKey, 8);
            roundKey ^= assist;
            _roundKeys[i + 1] = roundKey;
        }

        var hashKey = Ssse3.Shuffle(Encrypt(Vector128<byte>.Zero), Reverse).AsUInt64();
        _powers[0] = hashKey;
        for (var i = 1; i < Parallel; i++)
        {
            _powers[i] = Multiply(_powers[i - 1], hashKey);
        }
    }

    public static bool IsSupported => AesNi.IsSupported && Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>Compares with the library's AES-GCM over lengths around every block boundary; throws when they differ.</summary>
    public static void SelfTest()
    {
        var key = RandomNumberGenerator.GetBytes(16);
        using var library = new AesGcm(key, BlockLength);
        var kernel = new GcmKernel(key);
        foreach (var length in (ReadOnlySpan<int>)[0, 1, 15, 16, 17, 127, 128, 129, 1000, 1188, 1200])
        {
            var nonce = RandomNumberGenerator.GetBytes(12);
            var header = RandomNumberGenerator.GetBytes(12);
            var plain = RandomNumberGenerator.GetBytes(length);
            var expected = new byte[length + BlockLength];
            var actual = new byte[length + BlockLength];
            library.Encrypt(nonce, plain, expected.AsSpan(0, length), expected.AsSpan(length), header);
            kernel.Seal(nonce, header, plain, actual);
            if (!expected.AsSpan().SequenceEqual(actual))
            {
                throw new InvalidOperationException($"The kernel differs from the library at {length} bytes.");
            }
        }
    }

    /// <summary>Writes ciphertext and tag; <paramref name="header"/> (at most 16 bytes) is only authenticated.</summary>
    [SkipLocalsInit]
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> plain, Span<byte> output)
    {
        var scratch = stackalloc byte[BlockLength];
        nonce.CopyTo(new Span<byte>(scratch, 12));
        *(uint*)(scratch + 12) = 0;
        var counterBlock = Vector128.Load(scratch).AsUInt32();
        var counter = 1u;
        var hashKey = _powers[0];

        new Span<byte>(scratch, BlockLength).Clear();
        header.CopyTo(new Span<byte>(scratch, BlockLength));
        var hash = Multiply(Ssse3.Shuffle(Vector128.Load(scratch), Reverse).AsUInt64(), hashKey);

        fixed (byte* input = plain, cipher = output)
        fixed (Vector128<byte>* keys = _roundKeys)
        fixed (Vector128<ulong>* powers = _powers)
        {
            var position = 0;
            for (; position + (Parallel * BlockLength) <= plain.Length; position += Parallel * BlockLength)
            {
                hash = SealEight(counterBlock, counter, keys, powers, input + position, cipher + position, hash);
                counter += Parallel;
            }

            for (; position < plain.Length; position += BlockLength)
            {
                var length = Math.Min(BlockLength, plain.Length - position);
                var keyStream = Encrypt(counterBlock.WithElement(3, BinaryPrimitives.ReverseEndianness(++counter)).AsByte());
                new Span<byte>(scratch, BlockLength).Clear();
                new ReadOnlySpan<byte>(input + position, length).CopyTo(new Span<byte>(scratch, BlockLength));
                (Vector128.Load(scratch) ^ keyStream).Store(scratch);
                new Span<byte>(scratch, length).CopyTo(new Span<byte>(cipher + position, length));
                new Span<byte>(scratch + length, BlockLength - length).Clear();
                hash = Multiply(Ssse3.Shuffle(Vector128.Load(scratch), Reverse).AsUInt64() ^ hash, hashKey);
            }

            hash = Multiply(Vector128.Create((ulong)plain.Length * 8, (ulong)header.Length * 8) ^ hash, hashKey);
            var mask = Encrypt(counterBlock.WithElement(3, BinaryPrimitives.ReverseEndianness(1u)).AsByte());
            (Ssse3.Shuffle(hash.AsByte(), Reverse) ^ mask).Store(cipher + plain.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> SealEight(
        Vector128<uint> counterBlock,
        uint counter,
        Vector128<byte>* keys,
        Vector128<ulong>* powers,
        byte* input,
        byte* cipher,
        Vector128<ulong> hash)
    {
        // Eight named blocks, so that they stay in registers.
        var b0 = Counter(counterBlock, counter + 1) ^ keys[0];
        var b1 = Counter(counterBlock, counter + 2) ^ keys[0];
        var b2 = Counter(counterBlock, counter + 3) ^ keys[0];
        var b3 = Counter(counterBlock, counter + 4) ^ keys[0];
        var b4 = Counter(counterBlock, counter + 5) ^ keys[0];
        var b5 = Counter(counterBlock, counter + 6) ^ keys[0];
        var b6 = Counter(counterBlock, counter + 7) ^ keys[0];
        var b7 = Counter(counterBlock, counter + 8) ^ keys[0];
        for (var round = 1; round < Rounds; round++)
        {
            var key = keys[round];
            b0 = AesNi.Encrypt(b0, key);
            b1 = AesNi.Encrypt(b1, key);
            b2 = AesNi.Encrypt(b2, key);
            b3 = AesNi.Encrypt(b3, key);
            b4 = AesNi.Encrypt(b4, key);
            b5 = AesNi.Encrypt(b5, key);
            b6 = AesNi.Encrypt(b6, key);
            b7 = AesNi.Encrypt(b7, key);
        }

        var last = keys[Rounds];
        b0 = AesNi.EncryptLast(b0, last) ^ Vector128.Load(input);
        b1 = AesNi.EncryptLast(b1, last) ^ Vector128.Load(input + 16);
        b2 = AesNi.EncryptLast(b2, last) ^ Vector128.Load(input + 32);
        b3 = AesNi.EncryptLast(b3, last) ^ Vector128.Load(input + 48);
        b4 = AesNi.EncryptLast(b4, last) ^ Vector128.Load(input + 64);
        b5 = AesNi.EncryptLast(b5, last) ^ Vector128.Load(input + 80);
        b6 = AesNi.EncryptLast(b6, last) ^ Vector128.Load(input + 96);
        b7 = AesNi.EncryptLast(b7, last) ^ Vector128.Load(input + 112);
        b0.Store(cipher);
        b1.Store(cipher + 16);
        b2.Store(cipher + 32);
        b3.Store(cipher + 48);
        b4.Store(cipher + 64);
        b5.Store(cipher + 80);
        b6.Store(cipher + 96);
        b7.Store(cipher + 112);

        var low = Vector128<ulong>.Zero;
        var high = Vector128<ulong>.Zero;
        var middle = Vector128<ulong>.Zero;
        Accumulate(b0, powers[7], hash, ref low, ref high, ref middle);
        Accumulate(b1, powers[6], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b2, powers[5], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b3, powers[4], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b4, powers[3], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b5, powers[2], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b6, powers[1], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        Accumulate(b7, powers[0], Vector128<ulong>.Zero, ref low, ref high, ref middle);
        return Reduce(low ^ Sse2.ShiftLeftLogical128BitLane(middle, 8), high ^ Sse2.ShiftRightLogical128BitLane(middle, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Counter(Vector128<uint> block, uint value) =>
        block.WithElement(3, BinaryPrimitives.ReverseEndianness(value)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        Vector128<byte> block,
        Vector128<ulong> power,
        Vector128<ulong> hash,
        ref Vector128<ulong> low,
        ref Vector128<ulong> high,
        ref Vector128<ulong> middle)
    {
        var value = Ssse3.Shuffle(block, Reverse).AsUInt64() ^ hash;
        low ^= Pclmulqdq.CarrylessMultiply(value, power, 0x00);
        high ^= Pclmulqdq.CarrylessMultiply(value, power, 0x11);
        middle ^= Pclmulqdq.CarrylessMultiply(value, power, 0x01) ^ Pclmulqdq.CarrylessMultiply(value, power, 0x10);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right)
    {
        var low = Pclmulqdq.CarrylessMultiply(left, right, 0x00);
        var high = Pclmulqdq.CarrylessMultiply(left, right, 0x11);
        var middle = Pclmulqdq.CarrylessMultiply(left, right, 0x01) ^ Pclmulqdq.CarrylessMultiply(left, right, 0x10);
        return Reduce(low ^ Sse2.ShiftLeftLogical128BitLane(middle, 8), high ^ Sse2.ShiftRightLogical128BitLane(middle, 8));
    }

    // The product is bit-reflected: it is shifted left by one, then reduced modulo x^128 + x^7 + x^2 + x + 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> lowHalf, Vector128<ulong> highHalf)
    {
        var carryLow = Sse2.ShiftRightLogical(lowHalf.AsUInt32(), 31);
        var carryHigh = Sse2.ShiftRightLogical(highHalf.AsUInt32(), 31);
        var low = Sse2.ShiftLeftLogical(lowHalf.AsUInt32(), 1) | Sse2.ShiftLeftLogical128BitLane(carryLow, 4);
        var high = Sse2.ShiftLeftLogical(highHalf.AsUInt32(), 1)
            | Sse2.ShiftLeftLogical128BitLane(carryHigh, 4)
            | Sse2.ShiftRightLogical128BitLane(carryLow, 12);

        var folded = Sse2.ShiftLeftLogical(low, 31) ^ Sse2.ShiftLeftLogical(low, 30) ^ Sse2.ShiftLeftLogical(low, 25);
        low ^= Sse2.ShiftLeftLogical128BitLane(folded, 12);
        low ^= Sse2.ShiftRightLogical(low, 1) ^ Sse2.ShiftRightLogical(low, 2) ^ Sse2.ShiftRightLogical(low, 7)
            ^ Sse2.ShiftRightLogical128BitLane(folded, 4);
        return (high ^ low).AsUInt64();
    }

    // The instruction takes its constant as an immediate.
    private static Vector128<byte> KeygenAssist(Vector128<byte> key, byte roundConstant) => roundConstant switch
    {
        1 => AesNi.KeygenAssist(key, 1),
        2 => AesNi.KeygenAssist(key, 2),
        4 => AesNi.KeygenAssist(key, 4),
        8 => AesNi.KeygenAssist(key, 8),
        16 => AesNi.KeygenAssist(key, 16),
        32 => AesNi.KeygenAssist(key, 32),
        64 => AesNi.KeygenAssist(key, 64),
        128 => AesNi.KeygenAssist(key, 128),
        27 => AesNi.KeygenAssist(key, 27),
        _ => AesNi.KeygenAssist(key, 54),
    };

    private Vector128<byte> Encrypt(Vector128<byte> block)
    {
        block ^= _roundKeys[0];
        for (var i = 1; i < Rounds; i++)
        {
            block = AesNi.Encrypt(block, _roundKeys[i]);
        }

        return AesNi.EncryptLast(block, _roundKeys[Rounds]);
    }
}
