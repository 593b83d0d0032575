using System.Runtime.Intrinsics;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// Scales a part of one 8-bit plane to a fixed size: halved as often as it can be (so that no source sample is
/// skipped), the rest bilinear in 8-bit fixed point. Made once for a pair of sizes; its tables and scratch rows are
/// reused. One thread at a time.
/// </summary>
internal sealed class PlaneScaler
{
    private const int One = 256;

    private readonly int _left;
    private readonly int _top;
    private readonly int _sourceWidth;
    private readonly int _sourceHeight;
    private readonly int _width;
    private readonly int _height;
    private readonly byte[]?[] _halved = new byte[2][];
    private readonly int _halvings;
    private readonly (int[] Index, ushort[] Weight) _columns;
    private readonly (int[] Index, ushort[] Weight) _rows;
    private readonly byte[] _row0;
    private readonly byte[] _row1;
    private readonly bool _horizontalFirst;

    /// <param name="left">First source column of the part.</param>
    /// <param name="top">First source row of the part.</param>
    /// <param name="sourceWidth">Width of the part in samples; may be fractional.</param>
    /// <param name="sourceHeight">Height of the part in samples; may be fractional.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="height">Height of the result.</param>
    public PlaneScaler(double left, double top, double sourceWidth, double sourceHeight, int width, int height)
    {
        _width = width;
        _height = height;
        _left = (int)left;
        _top = (int)top;
        _sourceWidth = Math.Max(1, (int)Math.Round(left + sourceWidth) - _left);
        _sourceHeight = Math.Max(1, (int)Math.Round(top + sourceHeight) - _top);
        var (x, y) = (left - _left, top - _top);
        var (w, h) = (_sourceWidth, _sourceHeight);
        while (sourceWidth >= 2 * width && sourceHeight >= 2 * height && w >= 4 && h >= 4)
        {
            (w, h) = (w / 2, h / 2);
            (x, y, sourceWidth, sourceHeight) = (x / 2, y / 2, sourceWidth / 2, sourceHeight / 2);
            _halved[_halvings & 1] ??= new byte[w * h];
            _halvings++;
        }

        _columns = MakeTable(x, sourceWidth, w, width);
        _rows = MakeTable(y, sourceHeight, h, height);

        // Horizontal work costs most, so it is done on whichever side has fewer rows.
        _horizontalFirst = sourceHeight < height;
        _row0 = new byte[Math.Max(w, width) + 1];
        _row1 = new byte[Math.Max(w, width) + 1];
    }

    /// <summary>
    /// Scales from <paramref name="source"/> (the whole plane) to <paramref name="target"/> (first sample of the
    /// result).
    /// </summary>
    public void Scale(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride)
    {
        var part = source[((_top * sourceStride) + _left)..];
        var (w, h) = (_sourceWidth, _sourceHeight);
        for (var i = 0; i < _halvings; i++)
        {
            var halved = _halved[i & 1]!;
            Halve(part, sourceStride, w, h, halved);
            (w, h) = (w / 2, h / 2);
            part = halved;
            sourceStride = w;
        }

        if (_horizontalFirst)
        {
            ScaleHorizontalFirst(part, sourceStride, w, h, target, targetStride);
        }
        else
        {
            ScaleVerticalFirst(part, sourceStride, w, h, target, targetStride);
        }
    }

    // For each result sample the source sample left of its centre and how far, in 1/256, it lies towards the next one.
    private static (int[] Index, ushort[] Weight) MakeTable(double start, double length, int limit, int count)
    {
        var index = new int[count];
        var weight = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            var position = Math.Clamp(start + ((i + 0.5) * length / count) - 0.5, 0, limit - 1);
            index[i] = (int)position;
            weight[i] = (ushort)Math.Round((position - index[i]) * One);
            if (index[i] == limit - 1)
            {
                weight[i] = 0;
            }
        }

        return (index, weight);
    }

    private void ScaleVerticalFirst(ReadOnlySpan<byte> source, int stride, int width, int height, Span<byte> target, int targetStride)
    {
        for (var y = 0; y < _height; y++)
        {
            var index = _rows.Index[y];
            var upper = source.Slice(index * stride, width);
            var lower = source.Slice(Math.Min(index + 1, height - 1) * stride, width);
            Blend(upper, lower, _rows.Weight[y], _row0);
            _row0[width] = _row0[width - 1];
            ScaleRow(_row0, target.Slice(y * targetStride, _width));
        }
    }

    private void ScaleHorizontalFirst(ReadOnlySpan<byte> source, int stride, int width, int height, Span<byte> target, int targetStride)
    {
        var (upper, lower) = (_row0, _row1);
        var (upperRow, lowerRow) = (-1, -1);
        for (var y = 0; y < _height; y++)
        {
            var index = _rows.Index[y];
            var next = Math.Min(index + 1, height - 1);
            if (index == lowerRow)
            {
                (upper, lower) = (lower, upper);
                (upperRow, lowerRow) = (lowerRow, upperRow);
            }

            if (index != upperRow)
            {
                ScaleEdgeRow(source.Slice(index * stride, width), upper);
                upperRow = index;
            }

            if (next != lowerRow)
            {
                ScaleEdgeRow(source.Slice(next * stride, width), lower);
                lowerRow = next;
            }

            Blend(upper.AsSpan(0, _width), lower.AsSpan(0, _width), _rows.Weight[y], target.Slice(y * targetStride, _width));
        }
    }

    // A row of the source has no sample behind its last; the table never weighs it, but it must not be read either.
    private void ScaleEdgeRow(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var index = _columns.Index;
        var weight = _columns.Weight;
        var last = source.Length - 1;
        for (var i = 0; i < _width; i++)
        {
            int from = index[i];
            int share = weight[i];
            target[i] = (byte)(((source[from] * (One - share)) + (source[Math.Min(from + 1, last)] * share) + (One / 2)) >> 8);
        }
    }

    private void ScaleRow(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var index = _columns.Index;
        var weight = _columns.Weight;
        for (var i = 0; i < target.Length; i++)
        {
            int from = index[i];
            int share = weight[i];
            target[i] = (byte)(((source[from] * (One - share)) + (source[from + 1] * share) + (One / 2)) >> 8);
        }
    }

    private static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ushort share, Span<byte> target)
    {
        if (share == 0)
        {
            upper.CopyTo(target);
            return;
        }

        var i = 0;
        var upperShare = Vector256.Create((ushort)(One - share));
        var lowerShare = Vector256.Create(share);
        var half = Vector256.Create((ushort)(One / 2));
        for (; i + Vector256<byte>.Count <= upper.Length; i += Vector256<byte>.Count)
        {
            var (aLow, aHigh) = Vector256.Widen(Vector256.Create(upper[i..]));
            var (bLow, bHigh) = Vector256.Widen(Vector256.Create(lower[i..]));
            var low = ((aLow * upperShare) + (bLow * lowerShare) + half) >>> 8;
            var high = ((aHigh * upperShare) + (bHigh * lowerShare) + half) >>> 8;
            Vector256.Narrow(low, high).CopyTo(target[i..]);
        }

        for (; i < upper.Length; i++)
        {
            target[i] = (byte)(((upper[i] * (One - share)) + (lower[i] * share) + (One / 2)) >> 8);
        }
    }

    // Mean of each square of four samples.
    private static void Halve(ReadOnlySpan<byte> source, int stride, int width, int height, Span<byte> target)
    {
        var (halfWidth, halfHeight) = (width / 2, height / 2);
        var mask = Vector256.Create((ushort)0x00FF);
        var two = Vector256.Create((ushort)2);
        for (var y = 0; y < halfHeight; y++)
        {
            var upper = source.Slice(2 * y * stride, width);
            var lower = source.Slice(((2 * y) + 1) * stride, width);
            var row = target.Slice(y * halfWidth, halfWidth);
            var x = 0;
            for (; x + Vector256<byte>.Count <= halfWidth; x += Vector256<byte>.Count)
            {
                Vector256.Narrow(Mean(upper, lower, 2 * x), Mean(upper, lower, (2 * x) + Vector256<byte>.Count)).CopyTo(row[x..]);
            }

            for (; x < halfWidth; x++)
            {
                row[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
            }
        }

        // Even samples are the low, odd ones the high bytes of 16-bit lanes.
        Vector256<ushort> Mean(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, int at)
        {
            var a = Vector256.Create(upper[at..]).AsUInt16();
            var b = Vector256.Create(lower[at..]).AsUInt16();
            return ((a & mask) + (a >>> 8) + (b & mask) + (b >>> 8) + two) >>> 2;
        }
    }
}
