namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>Scenarios with a bad network between relay and viewers, one after the other and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class LinkCollection : ICollectionFixture<LinkStage>
{
    public const string Name = "end to end over a link";
}
