using MediaRelay.Server.Tests.EndToEnd.Browser;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>Scenarios run one after the other, and beside nothing else: each needs the machine for its pages.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class EndToEndCollection : ICollectionFixture<Stage>
{
    public const string Name = "end to end";
}
