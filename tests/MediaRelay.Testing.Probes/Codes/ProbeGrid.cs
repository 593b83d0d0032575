namespace MediaRelay.Testing.Probes.Codes;

/// <summary>
/// Where the blocks of the code are in a source's picture: 10 × 6 squares around the middle. A square is a 45th of the shorter side twice
/// over (32 pixels of 720), so the code lies in the middle half of the width and in a sixth of the height: cropping to any tile of the
/// known arrangements keeps it, and at half the size a block still has 16 pixels.
/// </summary>
internal readonly record struct ProbeGrid(int Width, int Height)
{
    public const int Columns = 10;
    public const int Rows = 6;

    /// <summary>Side of a block in pixels; even.</summary>
    public int Block => Math.Min(Width, Height) / 45 * 2;

    /// <summary>Pixels left of the first column; even, as chroma samples cover two.</summary>
    public int Left => ((Width - (Columns * Block)) / 2) & ~1;

    /// <summary>Pixels above the first row; even.</summary>
    public int Top => ((Height - (Rows * Block)) / 2) & ~1;

    /// <summary>Upper left pixel of the block of a bit, 0 being the highest.</summary>
    public (int X, int Y) Of(int bit) => (Left + (bit % Columns * Block), Top + (bit / Columns * Block));
}
