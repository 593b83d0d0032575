using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>
/// Any sequence of layer, source and room switches under any loss: what each viewer is sent goes on as one stream. The long series is long
/// with the environment variable MEDIARELAY_LONG_TESTS set, or as long as MEDIARELAY_SWITCHES_SEEDS says.
/// </summary>
public class SwitchesPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnySwitches_WithoutLoss_EveryViewerSeesOneStream(int shards) => RunSeeds(shards * 1_000, 3, shards, hasLoss: false);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnySwitches_UnderLoss_EveryViewerSeesOneStream(int shards) => RunSeeds(shards * 10_000, 3, shards, hasLoss: true);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public void AnySwitches_ManySeeds_EveryViewerSeesOneStream(bool hasLoss)
    {
        var count = Environment.GetEnvironmentVariable("MEDIARELAY_SWITCHES_SEEDS") is { } seeds ? int.Parse(seeds)
            : Environment.GetEnvironmentVariable("MEDIARELAY_LONG_TESTS") is null ? 2
            : 60;
        for (var shards = 1; shards <= 3; shards++)
        {
            RunSeeds((hasLoss ? 200_000 : 100_000) + (shards * 10_000), count, shards, hasLoss);
        }
    }

    private static void RunSeeds(int first, int count, int shards, bool hasLoss)
    {
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            var script = new ShowScript(seed, shards, hasLoss);
            try
            {
                script.Run();
            }
            catch (Exception e)
            {
                failures.Add($"seed {seed}, {shards} shards: {e.Message}\n{script}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed\n{string.Join("\n\n", failures)}");
    }
}
