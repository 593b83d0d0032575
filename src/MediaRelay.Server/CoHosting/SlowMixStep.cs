namespace MediaRelay.Server.CoHosting;

/// <summary>What is to be done about a mixer now.</summary>
internal enum SlowMixStep
{
    None,

    /// <summary>It has become too slow and nothing more is to be done about it; to be told once.</summary>
    Announce,

    /// <summary>Halve its frame rate.</summary>
    Halve,

    /// <summary>Give it its whole frame rate back.</summary>
    Restore,

    /// <summary>End it.</summary>
    End,
}
