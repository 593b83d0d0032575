using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// Scales rows of 8-bit samples to a fixed width, eight results at a time where the processor can (AVX2). Immutable.
/// </summary>
internal sealed class RowScaler
{
    /// <summary>Bytes behind the last sample of a source row that may be read; their values do not matter.</summary>
    public const int Padding = 16;

    private const int Shift = 14;

    // Four results lie within 3 × 2 + 4 source samples, so one load of 16 bytes has all that they need.
    private const int BlockWidth = 4;

    private readonly int _width;
    private readonly int[] _bases;
    private readonly byte[] _offsets;
    private readonly short[] _weights;

    public RowScaler(ScaleTaps taps)
    {
        _width = taps.First.Length;

        // An even number of blocks: the vector loop takes two.
        var blocks = (_width + (2 * BlockWidth) - 1) / (2 * BlockWidth) * 2;
        _bases = new int[blocks];
        _offsets = new byte[blocks * BlockWidth * ScaleTaps.Count];
        _weights = new short[blocks * BlockWidth * ScaleTaps.Count];
        for (var block = 0; block < blocks; block++)
        {
            _bases[block] = taps.First[Math.Min(block * BlockWidth, _width - 1)];
            for (var i = block * BlockWidth; i < Math.Min((block + 1) * BlockWidth, _width); i++)
            {
                for (var tap = 0; tap < ScaleTaps.Count; tap++)
                {
                    _offsets[(i * ScaleTaps.Count) + tap] = (byte)(taps.First[i] - _bases[block] + tap);
                    _weights[(i * ScaleTaps.Count) + tap] = (short)taps.WeightsOf(i)[tap];
                }
            }
        }
    }

    /// <summary>What the weights of <see cref="ScaleTaps"/> for this class add up to.</summary>
    public static int One => 1 << Shift;

    /// <summary><paramref name="source"/> has <see cref="Padding"/> readable bytes behind its last sample.</summary>
    public void Scale(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var done = Avx2.IsSupported ? ScaleEights(source, target) : 0;
        for (var i = done; i < _width; i++)
        {
            var sum = One / 2;
            for (var tap = i * ScaleTaps.Count; tap < (i + 1) * ScaleTaps.Count; tap++)
            {
                sum += source[_bases[i / BlockWidth] + _offsets[tap]] * _weights[tap];
            }

            target[i] = (byte)(sum >> Shift);
        }
    }

    private int ScaleEights(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var whole = _width & ~((2 * BlockWidth) - 1);
        var half = Vector256.Create(One / 2);
        ref var samples = ref MemoryMarshal.GetReference(source);
        ref var results = ref MemoryMarshal.GetReference(target[..whole]);
        ref var offsets = ref MemoryMarshal.GetArrayDataReference(_offsets);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        _ = source[_bases[^1] + Padding - 1];
        for (var i = 0; i < whole; i += 2 * BlockWidth)
        {
            var low = Four(ref samples, i / BlockWidth, ref offsets, ref weights);
            var high = Four(ref samples, (i / BlockWidth) + 1, ref offsets, ref weights);

            // Adds neighbours within each half of the register, so the middle quarters change places afterwards.
            var sums = Avx2.Permute4x64(Avx2.HorizontalAdd(low, high).AsInt64(), 0b11_01_10_00).AsInt32();
            sums = (sums + half) >> Shift;
            var words = Sse41.PackUnsignedSaturate(sums.GetLower(), sums.GetUpper());
            var bytes = Sse2.PackUnsignedSaturate(words.AsInt16(), words.AsInt16());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref results, i), bytes.AsUInt64().ToScalar());
        }

        return whole;
    }

    // Four results, each as two sums that are still to be added.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Four(ref byte samples, int block, ref byte offsets, ref short weights)
    {
        var window = Vector128.LoadUnsafe(ref samples, (nuint)_bases[block]);
        var picked = Ssse3.Shuffle(window, Vector128.LoadUnsafe(ref offsets, (nuint)block * BlockWidth * ScaleTaps.Count));
        return Avx2.MultiplyAddAdjacent(
            Avx2.ConvertToVector256Int16(picked), Vector256.LoadUnsafe(ref weights, (nuint)block * BlockWidth * ScaleTaps.Count));
    }
}
