namespace MediaRelay.LoadGenerator.Rooms;

/// <summary>How viewers are spread over rooms.</summary>
internal enum RoomSizeKind
{
    /// <summary>All rooms alike, to one viewer.</summary>
    Uniform,

    /// <summary>Few large rooms and many small ones, as on every sale night.</summary>
    Pareto,

    /// <summary>All viewers in one room, the others empty.</summary>
    One,
}
