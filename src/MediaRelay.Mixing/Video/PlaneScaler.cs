namespace MediaRelay.Mixing.Video;

/// <summary>
/// Scales a part of one 8-bit plane to a fixed size: halved as often as it can be, the rest by <see cref="ScaleTaps"/>, so that no source
/// sample is skipped and fine patterns do not turn into coarse ones. Made once for a pair of sizes; its tables and scratch rows are
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
    private readonly List<(bool Columns, bool Rows)> _halvings = [];
    private readonly byte[][] _halved = [[], []];
    private readonly bool _isWhole;
    private readonly ScaleTaps _rows;
    private readonly RowScaler _columns;
    private readonly bool _enlarges;
    private readonly byte[] _row;
    private readonly byte[][] _scaledRows;

    /// <param name="left">First source column of the part.</param>
    /// <param name="top">First source row of the part.</param>
    /// <param name="sourceWidth">Width of the part in samples; may be fractional.</param>
    /// <param name="sourceHeight">Height of the part in samples; may be fractional.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="height">Height of the result.</param>
    /// <param name="shift">Moves the part to the right by this share of the distance of two results less one source sample.</param>
    public PlaneScaler(double left, double top, double sourceWidth, double sourceHeight, int width, int height, double shift = 0)
    {
        _width = width;
        _height = height;
        _left = (int)left;
        _top = (int)top;
        _sourceWidth = Math.Max(1, (int)Math.Round(left + sourceWidth) - _left);
        _sourceHeight = Math.Max(1, (int)Math.Round(top + sourceHeight) - _top);
        var (x, y) = (left - _left + (shift * ((sourceWidth / width) - 1)), top - _top);
        var (w, h) = (_sourceWidth, _sourceHeight);
        while ((sourceWidth >= 2 * width && w >= 2) || (sourceHeight >= 2 * height && h >= 2))
        {
            var (columns, rows) = (sourceWidth >= 2 * width && w >= 2, sourceHeight >= 2 * height && h >= 2);
            (x, sourceWidth, w) = columns ? (x / 2, sourceWidth / 2, w / 2) : (x, sourceWidth, w);
            (y, sourceHeight, h) = rows ? (y / 2, sourceHeight / 2, h / 2) : (y, sourceHeight, h);
            ref var halved = ref _halved[_halvings.Count & 1];
            halved = halved.Length < w * h ? new byte[w * h] : halved;
            _halvings.Add((columns, rows));
        }

        var taps = new ScaleTaps(x, sourceWidth, w, width, RowScaler.One);
        _columns = new RowScaler(taps);
        _rows = new ScaleTaps(y, sourceHeight, h, height, One);
        _isWhole = taps.IsIdentity && _rows.IsIdentity;
        _enlarges = sourceHeight < height;
        _row = new byte[w + RowScaler.Padding];
        _scaledRows = _enlarges ? [new byte[width], new byte[width]] : [];
    }

    /// <summary>
    /// Scales from <paramref name="source"/> (the whole plane) to <paramref name="target"/> (first sample of the
    /// result).
    /// </summary>
    public void Scale(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride)
    {
        var part = source[((_top * sourceStride) + _left)..];
        var (w, h) = (_sourceWidth, _sourceHeight);
        for (var i = 0; i < _halvings.Count; i++)
        {
            var (columns, rows) = _halvings[i];
            var halvedWidth = columns ? w / 2 : w;
            if (_isWhole && i == _halvings.Count - 1)
            {
                PlaneHalver.Halve(part, sourceStride, w, h, columns, rows, target, targetStride);
                return;
            }

            var halved = _halved[i & 1];
            PlaneHalver.Halve(part, sourceStride, w, h, columns, rows, halved, halvedWidth);
            (w, h) = (halvedWidth, rows ? h / 2 : h);
            part = halved;
            sourceStride = w;
        }

        if (_enlarges)
        {
            Enlarge(part, sourceStride, w, target, targetStride);
        }
        else
        {
            Shrink(part, sourceStride, w, target, targetStride);
        }
    }

    // Work along rows costs most, so it is done on whichever side has fewer of them: the result's here, the source's below.
    private void Shrink(ReadOnlySpan<byte> source, int stride, int width, Span<byte> target, int targetStride)
    {
        for (var y = 0; y < _height; y++)
        {
            RowBlender.Blend(source[(_rows.First[y] * stride)..], stride, _rows.WeightsOf(y), _row.AsSpan(0, width));
            _columns.Scale(_row, target.Slice(y * targetStride, _width));
        }
    }

    private void Enlarge(ReadOnlySpan<byte> source, int stride, int width, Span<byte> target, int targetStride)
    {
        var (upper, lower) = (_scaledRows[0], _scaledRows[1]);
        var (upperRow, lowerRow) = (-1, -1);
        for (var y = 0; y < _height; y++)
        {
            // Two neighbours at most have a share.
            var weights = _rows.WeightsOf(y);
            var skipped = weights.IndexOfAnyExcept(0);
            var index = _rows.First[y] + skipped;
            var share = skipped + 1 < ScaleTaps.Count ? weights[skipped + 1] : 0;
            if (index == lowerRow)
            {
                (upper, lower) = (lower, upper);
                (upperRow, lowerRow) = (lowerRow, upperRow);
            }

            if (index != upperRow)
            {
                ScaleRow(source.Slice(index * stride, width), upper);
                upperRow = index;
            }

            if (share > 0 && index + 1 != lowerRow)
            {
                ScaleRow(source.Slice((index + 1) * stride, width), lower);
                lowerRow = index + 1;
            }

            RowBlender.Blend(upper, lower, (ushort)share, target.Slice(y * targetStride, _width));
        }
    }

    // By way of a row of ours, because the last row of a plane has nothing behind it that may be read.
    private void ScaleRow(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source.CopyTo(_row);
        _columns.Scale(_row, target);
    }
}
