namespace MediaRelay.Mixing.Tests;

/// <summary>Tests that take the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class BusyMachineCollection
{
    public const string Name = "busy machine";
}
