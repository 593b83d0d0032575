namespace MediaRelay.Server.Tests.EndToEnd.Workers;

/// <summary>Scenarios with mixers and without browsers: one after the other, and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class WorkersCollection
{
    public const string Name = "workers";
}
