namespace MediaRelay.LoadGenerator.Presets;

/// <summary>What <c>--scale</c> does to a number of a preset.</summary>
internal enum PresetScaling
{
    /// <summary>Nothing: a rate per viewer, a duration, a count of links.</summary>
    None,

    /// <summary>Multiplies: a number of people, or what all of them do together.</summary>
    Crowd,

    /// <summary>
    /// Multiplies by the square root: peaks and rooms. A night of thousands of machines has its storms in one room of one machine; a
    /// storm that shrank with the crowd would try nothing any more.
    /// </summary>
    Peak,
}
