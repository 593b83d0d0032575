using MediaRelay.Protocols.Time;
using MediaRelay.Server.CoHosting;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class FollowedBitRateTests
{
    private readonly FollowedBitRate _rate = new(least: 600_000, most: 1_500_000);
    private Timestamp _now = Timestamp.Zero;

    [Fact]
    public void Update_LessForTwoSeconds_GoesDownAtOnceAndNoFurtherThanAllowed()
    {
        Assert.Equal([], Play(seconds: 2, _ => 1_000_000));
        Assert.Equal([1_000_000], Play(seconds: 3, _ => 1_000_000));
        Assert.Equal([600_000], Play(seconds: 5, _ => 100_000));
    }

    [Fact]
    public void Update_MoreAgain_RisesInStepsAndToTheWhole()
    {
        Play(seconds: 5, _ => 600_000);
        var steps = Play(seconds: 60, _ => long.MaxValue);
        Assert.Equal([750_000, 937_500, 1_171_875, 1_464_843, 1_500_000], steps);
    }

    [Fact]
    public void Update_ASawtooth_DoesNotPump()
    {
        // As an estimate behaves on a path that is full: cut by 15 %, grown back in two seconds.
        var steps = Play(seconds: 120, second => (long)(1_000_000 * (0.85 + (0.075 * (second % 3)))));
        Assert.InRange(steps.Count, 1, 3);
    }

    [Fact]
    public void Update_WhateverIsAsked_ChangesOnceInTwoSecondsAtMost()
    {
        var random = new Random(5);
        var changedAt = Timestamp.Zero - TimeSpan.FromDays(1);
        for (var i = 0; i < 10_000; i++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            var before = _rate.BitsPerSecond;
            if (_rate.Update(_now, random.NextInt64(0, 3_000_000) * (i / 200 % 2)))
            {
                Assert.NotEqual(before, _rate.BitsPerSecond);
                Assert.True(_now - changedAt >= TimeSpan.FromSeconds(2));
                changedAt = _now;
            }

            Assert.InRange(_rate.BitsPerSecond, 600_000, 1_500_000);
        }
    }

    /// <summary>Asks once a second; gives the rates that it changed to.</summary>
    private List<long> Play(int seconds, Func<int, long> wanted)
    {
        var changes = new List<long>();
        for (var second = 0; second < seconds; second++)
        {
            if (_rate.Update(_now, wanted(second)))
            {
                changes.Add(_rate.BitsPerSecond);
            }

            _now += TimeSpan.FromSeconds(1);
        }

        return changes;
    }
}
