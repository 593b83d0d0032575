using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AesNi = System.Runtime.Intrinsics.X86.Aes;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>
/// AES-128 (FIPS 197) on AES-NI: key expansion, one block, and eight blocks side by side, which is what the two units with a latency
/// of four cycles take. .NET 10 has no 256- or 512-bit form of the AES instructions.
/// </summary>
internal static unsafe class AesRounds
{
    public const int BlockLength = 16;
    public const int KeyLength = 16;
    public const int Rounds = 10;

    /// <summary>Bytes of the eleven round keys.</summary>
    public const int ScheduleLength = (Rounds + 1) * BlockLength;

    /// <summary>What the counter blocks need, too: SSSE3's byte shuffle.</summary>
    public static bool IsSupported => AesNi.IsSupported && Ssse3.IsSupported;

    /// <summary>Turns a block around, between the order of the wire and that of a 128-bit number.</summary>
    public static Vector128<byte> Reversal
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    /// <summary>Writes the <see cref="ScheduleLength"/> bytes of round keys (FIPS 197 §5.2).</summary>
    public static void Expand(ReadOnlySpan<byte> key, byte* schedule)
    {
        var roundKey = Vector128.Create(key);
        roundKey.Store(schedule);
        for (var round = 1; round <= Rounds; round++)
        {
            var assist = Sse2.Shuffle(KeygenAssist(roundKey, round).AsInt32(), 0xFF).AsByte();
            roundKey ^= Sse2.ShiftLeftLogical128BitLane(roundKey, 4);
            roundKey ^= Sse2.ShiftLeftLogical128BitLane(roundKey, 8);
            roundKey ^= assist;
            roundKey.Store(schedule + (round * BlockLength));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Encrypt(Vector128<byte> block, byte* schedule)
    {
        block ^= Vector128.Load(schedule);
        for (var round = 1; round < Rounds; round++)
        {
            block = AesNi.Encrypt(block, Vector128.Load(schedule + (round * BlockLength)));
        }

        return AesNi.EncryptLast(block, Vector128.Load(schedule + (Rounds * BlockLength)));
    }

    /// <summary>
    /// Eight counter blocks with the first round key: those of <paramref name="counter"/> plus 0 to 6, and of <paramref name="last"/>,
    /// both as numbers (the wire's bytes reversed). Only the low 32 bits count, as GCM and SRTP have it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Begin(
        byte* schedule,
        Vector128<uint> counter,
        Vector128<uint> last,
        out Vector128<byte> b0,
        out Vector128<byte> b1,
        out Vector128<byte> b2,
        out Vector128<byte> b3,
        out Vector128<byte> b4,
        out Vector128<byte> b5,
        out Vector128<byte> b6,
        out Vector128<byte> b7)
    {
        // Eight named blocks, one constant, and rounds that are not a loop: only then does the compiler keep the blocks in the sixteen
        // registers that the instruction takes.
        var one = Vector128.CreateScalar(1u);
        var key = Vector128.Load(schedule);
        b0 = ToBlock(counter) ^ key;
        counter += one;
        b1 = ToBlock(counter) ^ key;
        counter += one;
        b2 = ToBlock(counter) ^ key;
        counter += one;
        b3 = ToBlock(counter) ^ key;
        counter += one;
        b4 = ToBlock(counter) ^ key;
        counter += one;
        b5 = ToBlock(counter) ^ key;
        counter += one;
        b6 = ToBlock(counter) ^ key;
        b7 = ToBlock(last) ^ key;
    }

    /// <summary>Round 1 to 10; the last has no MixColumns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EncryptRound(
        byte* schedule,
        int round,
        ref Vector128<byte> b0,
        ref Vector128<byte> b1,
        ref Vector128<byte> b2,
        ref Vector128<byte> b3,
        ref Vector128<byte> b4,
        ref Vector128<byte> b5,
        ref Vector128<byte> b6,
        ref Vector128<byte> b7)
    {
        var key = Vector128.Load(schedule + (round * BlockLength));
        if (round == Rounds)
        {
            b0 = AesNi.EncryptLast(b0, key);
            b1 = AesNi.EncryptLast(b1, key);
            b2 = AesNi.EncryptLast(b2, key);
            b3 = AesNi.EncryptLast(b3, key);
            b4 = AesNi.EncryptLast(b4, key);
            b5 = AesNi.EncryptLast(b5, key);
            b6 = AesNi.EncryptLast(b6, key);
            b7 = AesNi.EncryptLast(b7, key);
            return;
        }

        b0 = AesNi.Encrypt(b0, key);
        b1 = AesNi.Encrypt(b1, key);
        b2 = AesNi.Encrypt(b2, key);
        b3 = AesNi.Encrypt(b3, key);
        b4 = AesNi.Encrypt(b4, key);
        b5 = AesNi.Encrypt(b5, key);
        b6 = AesNi.Encrypt(b6, key);
        b7 = AesNi.Encrypt(b7, key);
    }

    /// <summary>All ten rounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EncryptAll(
        byte* schedule,
        ref Vector128<byte> b0,
        ref Vector128<byte> b1,
        ref Vector128<byte> b2,
        ref Vector128<byte> b3,
        ref Vector128<byte> b4,
        ref Vector128<byte> b5,
        ref Vector128<byte> b6,
        ref Vector128<byte> b7)
    {
        EncryptRound(schedule, 1, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 2, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 3, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 4, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 5, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 6, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 7, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 8, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 9, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        EncryptRound(schedule, 10, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
    }

    /// <summary>A counter as it goes into the cipher.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToBlock(Vector128<uint> counter) => Ssse3.Shuffle(counter.AsByte(), Reversal);

    // The instruction takes its constant as an immediate.
    private static Vector128<byte> KeygenAssist(Vector128<byte> key, int round) => round switch
    {
        1 => AesNi.KeygenAssist(key, 0x01),
        2 => AesNi.KeygenAssist(key, 0x02),
        3 => AesNi.KeygenAssist(key, 0x04),
        4 => AesNi.KeygenAssist(key, 0x08),
        5 => AesNi.KeygenAssist(key, 0x10),
        6 => AesNi.KeygenAssist(key, 0x20),
        7 => AesNi.KeygenAssist(key, 0x40),
        8 => AesNi.KeygenAssist(key, 0x80),
        9 => AesNi.KeygenAssist(key, 0x1B),
        _ => AesNi.KeygenAssist(key, 0x36),
    };
}
