namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>Scenarios that measure, one after the other and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class ProbeCollection : ICollectionFixture<ProbeStage>
{
    public const string Name = "end to end with probes";
}
