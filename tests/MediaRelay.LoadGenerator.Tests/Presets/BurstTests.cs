using MediaRelay.LoadGenerator.Presets;

namespace MediaRelay.LoadGenerator.Tests.Presets;

public sealed class BurstTests
{
    [Theory]
    [InlineData("200:60:10", 200, 60, 10, 12_000)]
    [InlineData("200:60", 200, 60, 0, 12_000)]
    [InlineData("0.5:3", 0.5, 3, 0, 2)]
    [InlineData("10000:3600:3600", 10_000, 3_600, 3_600, 36_000_000)]
    public void TryParse_Storm_IsReadAndWrittenBack(string text, double rate, double seconds, double stay, int count)
    {
        Assert.True(Burst.TryParse(text, hasStay: true, out var burst));
        Assert.Equal((rate, seconds, stay, count), (burst.PerSecond, burst.Duration.TotalSeconds, burst.Stay.TotalSeconds, burst.Count));
        Assert.Equal(text, burst.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("200")]
    [InlineData("200:")]
    [InlineData(":60")]
    [InlineData("0:60")]
    [InlineData("200:0")]
    [InlineData("-1:60")]
    [InlineData("200:60:")]
    [InlineData("200:60:-1")]
    [InlineData("200:60:10:5")]
    [InlineData("10001:60")]
    [InlineData("200:3601")]
    [InlineData("1e3:60")]
    [InlineData("NaN:60")]
    [InlineData("200:60:Infinity")]
    public void TryParse_AnythingElse_IsRefused(string text)
    {
        Assert.False(Burst.TryParse(text, hasStay: true, out _));
    }

    [Fact]
    public void TryParse_StayWhereThereIsNone_IsRefused()
    {
        Assert.False(Burst.TryParse("200:60:10", hasStay: false, out _));
    }
}
