using System.Globalization;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Slates;

/// <summary>
/// One merchant's name plates by size. They are painted beside the canvas, which never waits for them. Asked by one thread.
/// </summary>
internal sealed class NamePlates(string name, CodecElements elements, Action<string> log)
{
    // Layouts of a show need a few; whoever moves tiles about for hours must not fill memory.
    private const int MaxSizes = 16;

    // A plate is an eighteenth of its tile's height: as large as the names that platforms show, and no larger than a hand.
    private const int HeightShare = 18;
    private const int LeastHeight = 22;
    private const int LargestHeight = 48;
    private const double FontShare = 0.6;
    private const string Ellipsis = "…";

    private static readonly PictureColour Black = new(16, 128, 128);

    private readonly Dictionary<CanvasSize, Task<NamePlate?>> _plates = [];
    private int _problems;

    /// <summary>The plate for a tile of that size; null while it is being painted, or when it cannot be. Allocates for a new size only.</summary>
    public NamePlate? Find(CanvasSize tile)
    {
        var size = SizeFor(tile);
        if (!_plates.TryGetValue(size, out var plate))
        {
            if (_plates.Count == MaxSizes)
            {
                _plates.Clear();
            }

            plate = PaintAsync(size);
            _plates.Add(size, plate);
        }

        return plate.IsCompletedSuccessfully ? plate.Result : null;
    }

    /// <summary>Completes when what was asked for so far has been painted, or could not be.</summary>
    internal Task PaintedAsync() => Task.WhenAll(_plates.Values);

    /// <summary>The line that a plate of a tile is painted in; width and height are even.</summary>
    internal static CanvasSize SizeFor(CanvasSize tile)
    {
        var height = Math.Clamp(tile.Height / HeightShare, LeastHeight, LargestHeight) & ~1;

        // A margin outside of the plate on either side, and one inside.
        return new CanvasSize(Math.Max(2, (tile.Width - (2 * height)) & ~1), height);
    }

    private Task<NamePlate?> PaintAsync(CanvasSize size) => Task.Run(() => Paint(size));

    private NamePlate? Paint(CanvasSize size)
    {
        // By what a reader takes for a letter: an emoji or a letter with its accents stays whole.
        var letters = StringInfo.ParseCombiningCharacters(name);
        for (var count = letters.Length; count > 0; count -= Math.Max(1, count / 8))
        {
            var text = count == letters.Length ? name : name[..letters[count]].TrimEnd() + Ellipsis;
            using var painted = SlatePainter.TryPaintLine(size, text, Black, elements, (int)(size.Height * FontShare), out var problem);
            if (painted is null)
            {
                Tell(problem ?? "nothing was painted");
                return null;
            }

            var plate = NamePlate.Cut(painted.View, out var isCut);
            if (plate is null)
            {
                Tell("no letter of it is in any font");
                return null;
            }

            if (!isCut)
            {
                return plate;
            }
        }

        return null;
    }

    // Once: the next size has the same reason.
    private void Tell(string problem)
    {
        if (Interlocked.Increment(ref _problems) == 1)
        {
            log($"the name '{name}' is left out of its tile: {problem}");
        }
    }
}
