using System.Runtime.InteropServices;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Testing.Probes.Codes;

/// <summary>
/// Paints a source's pictures: two soft textures in the source's colour that drift through each other, and the code. No motion vector
/// foretells the next picture, so an encoder uses the bit rate that it is allowed and a decoder has residuals to decode, as with a
/// camera. A marked picture has white bars above and below the code, for people.
/// </summary>
internal sealed class ProbePainter
{
    // The texture repeats after so many pixels, and the drift with it. A power of two.
    private const int Period = 128;

    private const byte Black = 16;
    private const byte White = 235;
    private const byte Grey = 128;

    private static readonly (byte U, byte V)[] Colours = [(100, 180), (180, 100), (90, 110), (160, 160)];

    private readonly ProbeGrid _grid;
    private readonly int _stride;
    private readonly byte[] _texture;
    private readonly byte[] _other;
    private readonly (byte U, byte V) _colour;

    /// <param name="source">Chooses colour and texture; the same number gives the same.</param>
    public ProbePainter(int source, int width, int height)
    {
        _grid = new ProbeGrid(width, height);
        _stride = width + Period;
        _colour = Colours[source % Colours.Length];
        _texture = MakeTexture(new Random(source), _stride);
        _other = MakeTexture(new Random(source + ProbeCode.MaxSource + 1), _stride);
    }

    public void Paint(CanvasPicture picture, ProbeCode code, bool isMarked)
    {
        Drift(picture.Y, code.Frame);
        picture.U.Fill(_colour.U);
        picture.V.Fill(_colour.V);
        var bits = code.ToBits();
        for (var bit = 0; bit < ProbeCode.Bits; bit++)
        {
            var (x, y) = _grid.Of(bit);
            Fill(picture, x, y, _grid.Block, _grid.Block, (bits >> (ProbeCode.Bits - 1 - bit) & 1) != 0 ? White : Black);
        }

        var bar = isMarked ? White : Grey;
        Fill(picture, _grid.Left, _grid.Top - _grid.Block, ProbeGrid.Columns * _grid.Block, _grid.Block, bar);
        Fill(picture, _grid.Left, _grid.Top + (ProbeGrid.Rows * _grid.Block), ProbeGrid.Columns * _grid.Block, _grid.Block, bar);
    }

    // Random values on a grid of 8 pixels, interpolated, and a little grain: soft, with edges enough to cost bits.
    private static byte[] MakeTexture(Random random, int width)
    {
        const int Cell = 8;
        const int Cells = Period / Cell;
        var values = new double[Cells, Cells];
        for (var i = 0; i < Cells * Cells; i++)
        {
            values[i / Cells, i % Cells] = 50 + (random.NextDouble() * 160);
        }

        var tile = new byte[Period * Period];
        for (var i = 0; i < tile.Length; i++)
        {
            var (row, column) = (i / Period, i % Period);
            var (top, left) = (row / Cell, column / Cell);
            var (down, across) = (row % Cell / (double)Cell, column % Cell / (double)Cell);
            var (bottom, right) = ((top + 1) % Cells, (left + 1) % Cells);
            var upper = (values[top, left] * (1 - across)) + (values[top, right] * across);
            var lower = (values[bottom, left] * (1 - across)) + (values[bottom, right] * across);
            tile[i] = (byte)((upper * (1 - down)) + (lower * down) + random.Next(-6, 7));
        }

        var texture = new byte[width * Period];
        for (var i = 0; i < texture.Length; i++)
        {
            texture[i] = tile[(i / width * Period) + (i % width % Period)];
        }

        return texture;
    }

    private void Drift(Span<byte> luma, int frame)
    {
        for (var row = 0; row < _grid.Height; row++)
        {
            Average(
                RowOf(_texture, row + (frame * 2), frame * 3), RowOf(_other, row - frame, frame * -5), luma.Slice(row * _grid.Width, _grid.Width));
        }
    }

    private ReadOnlySpan<byte> RowOf(byte[] texture, int row, int column) =>
        texture.AsSpan(((row % Period + Period) % Period * _stride) + (column & (Period - 1)), _grid.Width);

    private static void Average(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, Span<byte> target)
    {
        // Eight at a time: what both have, and half of where they differ; the mask keeps bits from moving into the next byte.
        const ulong WithoutTopBits = 0x7F7F7F7F7F7F7F7F;
        var first = MemoryMarshal.Cast<byte, ulong>(one);
        var second = MemoryMarshal.Cast<byte, ulong>(other);
        var sums = MemoryMarshal.Cast<byte, ulong>(target);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = (first[i] & second[i]) + (((first[i] ^ second[i]) >> 1) & WithoutTopBits);
        }

        for (var i = sums.Length * sizeof(ulong); i < target.Length; i++)
        {
            target[i] = (byte)((one[i] + other[i]) / 2);
        }
    }

    private void Fill(CanvasPicture picture, int x, int y, int width, int height, byte luma)
    {
        for (var row = y; row < y + height; row++)
        {
            picture.Y.Slice((row * _grid.Width) + x, width).Fill(luma);
        }

        // Without colour, so that the brightness is all there is to read.
        var chromaStride = _grid.Width / 2;
        for (var row = y / 2; row < (y + height) / 2; row++)
        {
            picture.U.Slice((row * chromaStride) + (x / 2), width / 2).Fill(Grey);
            picture.V.Slice((row * chromaStride) + (x / 2), width / 2).Fill(Grey);
        }
    }
}
