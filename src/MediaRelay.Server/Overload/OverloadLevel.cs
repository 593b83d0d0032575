namespace MediaRelay.Server.Overload;

/// <summary>What the node gives up because its loops fall behind; each level contains the ones before.</summary>
internal enum OverloadLevel
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>New viewers: 503 with <c>Retry-After</c>.</summary>
    RefuseJoins = 1,

    /// <summary>Larger layers of the picture.</summary>
    CapLayers = 2,
}
