using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>Layout of a kernel's memory.</summary>
internal static class GcmKernel
{
    /// <summary>Bytes of eight blocks, encrypted and hashed together.</summary>
    public const int GroupLength = 8 * AesRounds.BlockLength;

    /// <summary>Nine, for eight blocks and that of the lengths.</summary>
    public const int Powers = 9;

    /// <summary>Where the powers end and the round keys begin, such that the 8th power is aligned.</summary>
    public const int PowersEnd = 192;

    /// <summary>Powers 9 to 1 of the hash key, then the round keys.</summary>
    public const int StateLength = PowersEnd + AesRounds.ScheduleLength;
}

/// <summary>
/// AES-128-GCM in one pass over the data, in groups of eight blocks: the rounds of one group's keystream have the hash of another
/// group's ciphertext between them (when sealing the one before, when opening the same), so that neither waits for the other.
/// </summary>
/// <typeparam name="TGhash">GHASH in one width.</typeparam>
/// <typeparam name="TVector">That width.</typeparam>
internal sealed unsafe class GcmKernel<TGhash, TVector> : GcmCipher
    where TGhash : struct, IGhash<TVector>
    where TVector : struct
{
    private readonly KeyMemory _memory = new(GcmKernel.StateLength);

    // Null once disposed.
    private byte* _state;

    /// <param name="key">16 bytes; copied.</param>
    public GcmKernel(ReadOnlySpan<byte> key)
    {
        _state = _memory.Pointer;
        var schedule = _state + GcmKernel.PowersEnd;
        AesRounds.Expand(key, schedule);
        Ghash128.WritePowers(AesRounds.Encrypt(default, schedule), schedule);
    }

    public override (nint Address, int Lines) Keys => ((nint)_state, (GcmKernel.StateLength + 63) / 64);

    // Never inlined: within a caller, the compiler's budget for inlining ends before the kernel does, and its rounds become calls, which
    // takes three times as long. Compiled fully at the first call, since the unoptimized form takes a hundred times as long.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Seal(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_state == null, this);
        if (destination.Length - plain.Length < TagLength)
        {
            throw new ArgumentException("It does not hold ciphertext and tag.", nameof(destination));
        }

        fixed (byte* header = associated, input = plain, output = destination)
        {
            Run(isSealing: true, nonce, header, associated.Length, input, output, plain.Length).Store(output + plain.Length);
        }

        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override bool TryOpen(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> plain)
    {
        ObjectDisposedException.ThrowIf(_state == null, this);
        var length = source.Length - TagLength;
        ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(source));
        ArgumentOutOfRangeException.ThrowIfLessThan(plain.Length, length, nameof(plain));

        bool isAuthentic;
        fixed (byte* header = associated, input = source, output = plain)
        {
            // Read before the output, which may lie over it, is written; compared whole, in constant time.
            var tag = Vector128.Load(input + length);
            isAuthentic = Run(isSealing: false, nonce, header, associated.Length, input, output, length) == tag;
        }

        GC.KeepAlive(this);
        return isAuthentic;
    }

    public override void Dispose()
    {
        _state = null;
        _memory.Dispose();
    }

    // Returns the tag.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> Run(
        bool isSealing, GcmNonce nonce, byte* associated, int associatedLength, byte* source, byte* destination, int length)
    {
        var schedule = _state + GcmKernel.PowersEnd;
        var powersEnd = schedule;

        // SP 800-38D §7.1: the block with counter 1 masks the tag, the data's counters start at 2. A wrap of the 32 bits would take 64 GB.
        var first = Vector128.Create(((ulong)nonce.Low << 32) | 1, nonce.High).AsUInt32();
        var counter = first + Vector128.Create(1u, 0, 0, 0);
        var lengths = Vector128.Create((ulong)length * 8, (ulong)associatedLength * 8);

        // Three variables for the hash: a result that a call returns through memory must not be the one that the loop carries.
        var headerHash = TGhash.HashAssociated(associated, associatedLength, powersEnd);
        var hash = headerHash;
        Vector128<byte> k0, k1, k2, k3, k4, k5, k6, k7;
        byte* unhashed = null;
        while (length >= GcmKernel.GroupLength)
        {
            AesRounds.Begin(
                schedule,
                counter,
                counter + Vector128.CreateScalar(7u),
                out k0, out k1, out k2, out k3, out k4, out k5, out k6, out k7);
            if (!isSealing)
            {
                EncryptAndHash(
                    schedule, source, ref hash, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
            }
            else if (unhashed != null)
            {
                EncryptAndHash(
                    schedule, unhashed, ref hash, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
            }
            else
            {
                AesRounds.EncryptAll(schedule, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
            }

            TGhash.ApplyKeystream(source, destination, k0, k1, k2, k3, k4, k5, k6, k7);
            unhashed = destination;
            counter += Vector128.CreateScalar(8u);
            source += GcmKernel.GroupLength;
            destination += GcmKernel.GroupLength;
            length -= GcmKernel.GroupLength;
        }

        // Seven blocks of data at most, mostly, so the tag's mask comes at no cost: a short packet is one group.
        AesRounds.Begin(
            schedule, counter, first, out k0, out k1, out k2, out k3, out k4, out k5, out k6, out var mask);
        if (isSealing && unhashed != null)
        {
            EncryptAndHash(
                schedule, unhashed, ref hash, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref mask);
        }
        else
        {
            AesRounds.EncryptAll(schedule, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref mask);
        }

        k7 = length > GcmKernel.GroupLength - AesRounds.BlockLength
            ? AesRounds.Encrypt(AesRounds.ToBlock(counter + Vector128.CreateScalar(7u)), schedule)
            : default;
        var finalHash = TGhash.TransformLast(
            isSealing, source, destination, length, powersEnd, hash, lengths, k0, k1, k2, k3, k4, k5, k6, k7);
        return AesRounds.ToBlock(finalHash.AsUInt32()) ^ mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EncryptAndHash(
        byte* schedule,
        byte* ciphertext,
        ref Vector128<ulong> hash,
        ref Vector128<byte> k0,
        ref Vector128<byte> k1,
        ref Vector128<byte> k2,
        ref Vector128<byte> k3,
        ref Vector128<byte> k4,
        ref Vector128<byte> k5,
        ref Vector128<byte> k6,
        ref Vector128<byte> k7)
    {
        TVector low = default, middle = default, high = default;
        AesRounds.EncryptRound(schedule, 1, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(0, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 2, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(1, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 3, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(2, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 4, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(3, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 5, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(4, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 6, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(5, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 7, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(6, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 8, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        HashBetween(7, schedule, ciphertext, hash, ref low, ref middle, ref high);
        AesRounds.EncryptRound(schedule, 9, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
        hash = TGhash.Reduce(low, middle, high);
        AesRounds.EncryptRound(schedule, 10, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
    }

    // One vector after every, every second or every fourth round.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HashBetween(
        int block,
        byte* powersEnd,
        byte* ciphertext,
        Vector128<ulong> hash,
        ref TVector low,
        ref TVector middle,
        ref TVector high)
    {
        if ((block * TGhash.VectorsPerGroup) % 8 == 0)
        {
            TGhash.Accumulate(block * TGhash.VectorsPerGroup / 8, ciphertext, powersEnd, hash, ref low, ref middle, ref high);
        }
    }
}
