using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Tests.Link;

public sealed class CpuSetTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("4-6", "4,5,6")]
    [InlineData("4-5, 1,7 - 8", "1,4,5,7,8")]
    [InlineData("1023", "1023")]
    public void TryParse_NumbersAndRanges_GivesEach(string text, string cpus)
    {
        Assert.True(CpuSet.TryParse(text, out var set));
        Assert.Equal(cpus, set.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("5-4")]
    [InlineData("1,,2")]
    [InlineData("1-2-3")]
    [InlineData("1024")]
    [InlineData("0-99999999999")]
    public void TryParse_AnythingElse_ReturnsFalse(string text) => Assert.False(CpuSet.TryParse(text, out _));

    [Fact]
    public void TryTake_PlacementOfOptions_ComesBack()
    {
        Assert.True(CpuSet.TryParse("0-1", out var cpus));
        var options = new MixerWorkerOptions { Nice = 7, Cpus = cpus };
        string[] arguments = [.. WorkerPlacement.ArgumentsFor(options), "run", "path"];
        Assert.True(WorkerPlacement.TryTake(ref arguments, out var placement));
        Assert.Equal((7, "0,1"), (placement.Nice, placement.Cpus?.ToString()));
        Assert.Equal(["run", "path"], arguments);
    }

    [Theory]
    [InlineData("--nice")]
    [InlineData("--nice", "20")]
    [InlineData("--cpus", "x", "run")]
    public void TryTake_BadValue_ReturnsFalse(params string[] arguments) => Assert.False(WorkerPlacement.TryTake(ref arguments, out _));
}
