namespace MediaRelay.Testing.Probes.Reports;

/// <summary>What a viewer saw and heard of one source. Times in ms.</summary>
public sealed record ProbeSourceReport
{
    public required int Source { get; init; }

    /// <summary>Pictures of the source that were shown, each counted once.</summary>
    public required int Shown { get; init; }

    /// <summary>Pictures of the source between the first and the last shown that never were.</summary>
    public required long Missing { get; init; }

    /// <summary>Pictures of the viewer's that showed the one before again.</summary>
    public required int Repeated { get; init; }

    /// <summary>Longest time, on the viewer's timeline, that one picture stood beyond its own 33 ms.</summary>
    public required double LongestRepeat { get; init; }

    /// <summary>Pictures that were older than the one shown before.</summary>
    public required int OrderViolations { get; init; }

    /// <summary>How much older the worst of them was: what a viewer sees again where a source with more delay takes over.</summary>
    public required double LongestStepBack { get; init; }

    /// <summary>From capture until decoded at the viewer.</summary>
    public required ProbeFigures Latency { get; init; }

    /// <summary>From a burst's first sample being captured to its arrival.</summary>
    public required ProbeFigures SoundLatency { get; init; }

    /// <summary>Picture after (+) or before (−) its sound, as sender reports tell a player to play them.</summary>
    public required ProbeFigures LipSync { get; init; }

    /// <summary>The same by when they came, for a player that does not look at reports.</summary>
    public required ProbeFigures LipSyncByArrival { get; init; }

    /// <summary>Seconds' bursts that were looked for, and how many of them were heard.</summary>
    public required int BurstsExpected { get; init; }

    public required int BurstsHeard { get; init; }

    /// <summary>Longest time without the source's tone.</summary>
    public required double LongestToneGap { get; init; }
}
