using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MediaRelay.Protocols.Srtp.Ciphers;

/// <summary>Counter mode on AES-NI, eight blocks at a time from the source into the destination.</summary>
internal sealed unsafe class CounterKernel : CounterCipher
{
    private const int GroupLength = 8 * AesRounds.BlockLength;

    private readonly KeyMemory _memory = new(AesRounds.ScheduleLength);

    // Null once disposed.
    private byte* _schedule;

    /// <param name="key">16 bytes; copied.</param>
    public CounterKernel(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, AesRounds.KeyLength, nameof(key));
        _schedule = _memory.Pointer;
        AesRounds.Expand(key, _schedule);
    }

    // Never inlined: within a caller, the compiler's budget for inlining ends before the kernel does, and its rounds become calls, which
    // takes three times as long. Compiled fully at the first call, since the unoptimized form takes a hundred times as long.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public override void Transform(ulong high, ulong low, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_schedule == null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, MaxLength, nameof(source));
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length, nameof(destination));

        // The counter of 16 bits does not wrap, so adding to 32 bits is the same.
        var counter = Vector128.Create(low, high).AsUInt32();
        var length = source.Length;
        fixed (byte* from = source, to = destination)
        {
            var input = from;
            var output = to;
            Vector128<byte> k0, k1, k2, k3, k4, k5, k6, k7;
            while (length >= GroupLength)
            {
                Encrypt(counter, out k0, out k1, out k2, out k3, out k4, out k5, out k6, out k7);
                (Vector128.Load(input) ^ k0).Store(output);
                (Vector128.Load(input + 16) ^ k1).Store(output + 16);
                (Vector128.Load(input + 32) ^ k2).Store(output + 32);
                (Vector128.Load(input + 48) ^ k3).Store(output + 48);
                (Vector128.Load(input + 64) ^ k4).Store(output + 64);
                (Vector128.Load(input + 80) ^ k5).Store(output + 80);
                (Vector128.Load(input + 96) ^ k6).Store(output + 96);
                (Vector128.Load(input + 112) ^ k7).Store(output + 112);
                counter += Vector128.CreateScalar(8u);
                input += GroupLength;
                output += GroupLength;
                length -= GroupLength;
            }

            if (length > 0)
            {
                Encrypt(counter, out k0, out k1, out k2, out k3, out k4, out k5, out k6, out k7);
                var keystream = stackalloc Vector128<byte>[8] { k0, k1, k2, k3, k4, k5, k6, k7 };
                for (; length >= AesRounds.BlockLength; length -= AesRounds.BlockLength)
                {
                    (Vector128.Load(input) ^ *keystream++).Store(output);
                    input += AesRounds.BlockLength;
                    output += AesRounds.BlockLength;
                }

                PartialBlock.Store(output, length, PartialBlock.Load(input, length) ^ *keystream);
            }
        }

        GC.KeepAlive(this);
    }

    public override void Dispose()
    {
        _schedule = null;
        _memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Encrypt(
        Vector128<uint> counter,
        out Vector128<byte> k0,
        out Vector128<byte> k1,
        out Vector128<byte> k2,
        out Vector128<byte> k3,
        out Vector128<byte> k4,
        out Vector128<byte> k5,
        out Vector128<byte> k6,
        out Vector128<byte> k7)
    {
        AesRounds.Begin(
            _schedule,
            counter,
            counter + Vector128.CreateScalar(7u),
            out k0, out k1, out k2, out k3, out k4, out k5, out k6, out k7);
        AesRounds.EncryptAll(
            _schedule, ref k0, ref k1, ref k2, ref k3, ref k4, ref k5, ref k6, ref k7);
    }
}
