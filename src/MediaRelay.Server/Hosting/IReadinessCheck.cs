namespace MediaRelay.Server.Hosting;

/// <summary>One condition of <c>/health/ready</c>. Registered as a singleton; asked on every probe, so it must not wait.</summary>
internal interface IReadinessCheck
{
    /// <summary>Short name in the answer: <c>database</c>, <c>media</c>.</summary>
    string Name { get; }

    /// <summary>Why the node should get no traffic now, or null when this is no reason.</summary>
    string? NotReadyBecause { get; }
}
