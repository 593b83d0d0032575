using MediaRelay.Server.Admission;

namespace MediaRelay.Server.Tests.Api.Admission;

public sealed class TokenBucketTests
{
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_WithinASecond_GivesOneSecondsWorth()
    {
        var bucket = new TokenBucket(10);
        Assert.Equal(0, bucket.Used(Start));
        Assert.Equal(7, bucket.Take(Start, 7));
        Assert.Equal(7, bucket.Used(Start));
        Assert.Equal(3, bucket.Take(Start, 7));
        Assert.False(bucket.HasOne(Start));
        Assert.Equal(0, bucket.Take(Start, 1));
    }

    [Fact]
    public void Take_AsTimePasses_FillsEvenlyAndNoMoreThanItHolds()
    {
        var bucket = new TokenBucket(10, capacity: 2);
        Assert.Equal(2, bucket.Take(Start, 5));
        Assert.Equal(1, bucket.Take(Start.AddMilliseconds(150), 5));
        Assert.Equal(1, bucket.Take(Start.AddMilliseconds(200), 5));
        Assert.Equal(2, bucket.Take(Start.AddHours(5), 5));
    }

    [Fact]
    public void Take_ClockGoesBack_GivesNothingNew()
    {
        var bucket = new TokenBucket(10);
        Assert.Equal(10, bucket.Take(Start, 10));
        Assert.Equal(0, bucket.Take(Start.AddHours(-1), 1));
        Assert.Equal(1, bucket.Take(Start.AddMilliseconds(100), 5));
    }

    [Fact]
    public void Take_SwitchedOff_GivesEverything()
    {
        var bucket = new TokenBucket(0);
        Assert.Equal(1_000_000, bucket.Take(Start, 1_000_000));
        Assert.True(bucket.HasOne(Start));
        Assert.Equal(0, bucket.Used(Start));
    }
}
