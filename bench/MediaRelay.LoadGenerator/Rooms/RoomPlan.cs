namespace MediaRelay.LoadGenerator.Rooms;

/// <summary>The rooms of a run, the largest first, and which of them each viewer watches.</summary>
internal sealed class RoomPlan
{
    private readonly int[] _seats;

    public RoomPlan(LoadOptions options)
    {
        var random = new Random(options.Seed);
        Sizes = RoomSizes.Of(options.Sizes, options.Viewers, options.Rooms, random);
        Names = [.. Enumerable.Range(0, options.Rooms).Select(i => $"{options.RoomPrefix}{i}")];
        _seats = [.. Sizes.SelectMany((size, room) => Enumerable.Repeat(room, size))];

        // Rooms fill side by side and not one after the other.
        random.Shuffle(_seats);
    }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<int> Sizes { get; }

    /// <summary>The room of viewer <paramref name="number"/>, an index; viewers beyond the planned ones replace them in turn.</summary>
    public int RoomOf(int number) => _seats.Length == 0 ? 0 : _seats[number % _seats.Length];
}
