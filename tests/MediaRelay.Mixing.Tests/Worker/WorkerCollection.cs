namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>Tests with real workers in real time: one after the other, so that they do not judge each other's load.</summary>
[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class WorkerCollection
{
    public const string Name = "workers";
}
