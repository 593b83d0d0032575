using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaRelay.Mixing.Video;

/// <summary>Weighted means of rows of 8-bit samples; weights add up to 256.</summary>
internal static class RowBlender
{
    private const int Half = 128;
    private const int Shift = 8;

    /// <summary>
    /// Of up to four rows, one <paramref name="stride"/> apart. Rows without a weight are not read.
    /// </summary>
    public static void Blend(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        var first = weights.IndexOfAnyExcept(0);
        var last = weights.LastIndexOfAnyExcept(0);
        if (first == last)
        {
            rows.Slice(first * stride, target.Length).CopyTo(target);
            return;
        }

        if (last == first + 1)
        {
            Blend(rows.Slice(first * stride, target.Length), rows.Slice(last * stride, target.Length), (ushort)weights[last], target);
            return;
        }

        // A row whose weight is 0 is replaced by one that may be read.
        Blend(
            rows.Slice(first * stride, target.Length),
            rows.Slice((first + 1) * stride, target.Length),
            rows.Slice((first + 2) * stride, target.Length),
            rows.Slice(last * stride, target.Length),
            Vector64.Create((ushort)weights[first], (ushort)weights[first + 1], (ushort)weights[first + 2], (ushort)(last == first + 3 ? weights[last] : 0)),
            target);
    }

    /// <summary><paramref name="share"/> is the weight of <paramref name="lower"/>, 0–255.</summary>
    public static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ushort share, Span<byte> target)
    {
        upper = upper[..target.Length];
        if (share == 0)
        {
            upper.CopyTo(target);
            return;
        }

        lower = lower[..target.Length];
        var i = 0;
        if (Avx2.IsSupported)
        {
            var (upperShare, lowerShare, half) = (Vector256.Create((ushort)(256 - share)), Vector256.Create(share), Vector256.Create((ushort)Half));
            ref var a = ref MemoryMarshal.GetReference(upper);
            ref var b = ref MemoryMarshal.GetReference(lower);
            ref var result = ref MemoryMarshal.GetReference(target);
            for (; i + Vector256<byte>.Count <= target.Length; i += Vector256<byte>.Count)
            {
                var (low, high) = Weigh(ref a, i, upperShare);
                var (lowerLow, lowerHigh) = Weigh(ref b, i, lowerShare);
                Store(low + lowerLow + half, high + lowerHigh + half, ref result, i);
            }
        }

        for (; i < target.Length; i++)
        {
            target[i] = (byte)(((upper[i] * (256 - share)) + (lower[i] * share) + Half) >> Shift);
        }
    }

    private static void Blend(
        ReadOnlySpan<byte> row0, ReadOnlySpan<byte> row1, ReadOnlySpan<byte> row2, ReadOnlySpan<byte> row3, Vector64<ushort> weights, Span<byte> target)
    {
        var i = 0;
        if (Avx2.IsSupported)
        {
            var (w0, w1, w2, w3) = (Vector256.Create(weights[0]), Vector256.Create(weights[1]), Vector256.Create(weights[2]), Vector256.Create(weights[3]));
            var half = Vector256.Create((ushort)Half);
            ref var a = ref MemoryMarshal.GetReference(row0);
            ref var b = ref MemoryMarshal.GetReference(row1);
            ref var c = ref MemoryMarshal.GetReference(row2);
            ref var d = ref MemoryMarshal.GetReference(row3);
            ref var result = ref MemoryMarshal.GetReference(target);
            for (; i + Vector256<byte>.Count <= target.Length; i += Vector256<byte>.Count)
            {
                var (low0, high0) = Weigh(ref a, i, w0);
                var (low1, high1) = Weigh(ref b, i, w1);
                var (low2, high2) = Weigh(ref c, i, w2);
                var (low3, high3) = Weigh(ref d, i, w3);
                Store(low0 + low1 + low2 + low3 + half, high0 + high1 + high2 + high3 + half, ref result, i);
            }
        }

        for (; i < target.Length; i++)
        {
            var sum = (row0[i] * weights[0]) + (row1[i] * weights[1]) + (row2[i] * weights[2]) + (row3[i] * weights[3]);
            target[i] = (byte)((sum + Half) >> Shift);
        }
    }

    // Low and high are those of each half of the register; packing puts them back in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ushort> Low, Vector256<ushort> High) Weigh(ref byte row, int at, Vector256<ushort> weight)
    {
        var samples = Vector256.LoadUnsafe(ref row, (nuint)at);
        return (
            Avx2.UnpackLow(samples, Vector256<byte>.Zero).AsUInt16() * weight, Avx2.UnpackHigh(samples, Vector256<byte>.Zero).AsUInt16() * weight);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<ushort> low, Vector256<ushort> high, ref byte target, int at) =>
        Avx2.PackUnsignedSaturate((low >>> Shift).AsInt16(), (high >>> Shift).AsInt16()).StoreUnsafe(ref target, (nuint)at);
}
