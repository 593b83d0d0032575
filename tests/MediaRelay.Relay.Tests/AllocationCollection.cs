namespace MediaRelay.Relay.Tests;

/// <summary>
/// Tests that count allocated bytes run alone: a collection that another test's thread causes ends this thread's allocation chunk, and
/// what was left of it (up to 8 KiB) counts as allocated.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationCollection
{
    public const string Name = "Allocations";
}
