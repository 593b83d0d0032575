using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Tests;

public sealed class LinkModelTests
{
    private const int Seed = 20_200_616;
    private const int Count = 20_000;
    private const int Length = 1_000;

    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1000);

    [Fact]
    public void Decide_NoConditions_PassesAtOnce()
    {
        var model = Model();

        Assert.Equal(new LinkDecision(LinkFate.Passed, Start, Timestamp.Never), model.Decide(Start, Length));
        Assert.Equal(new LinkCounters(1, Length, 1, Length, 0, 0), model.Counters);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.10)]
    [InlineData(0.50)]
    public void Decide_IndependentLoss_IsWithinBinomialBounds(double loss)
    {
        var model = Model(conditions => conditions.Loss = loss);
        Send(model, Count, TimeSpan.FromMilliseconds(1));

        // Four standard deviations of a binomial distribution: a fair model of any seed fails once in 16,000.
        var bound = 4 * Math.Sqrt(Count * loss * (1 - loss));
        Assert.InRange(model.Counters.Lost, (Count * loss) - bound, (Count * loss) + bound);
    }

    [Theory]
    [InlineData(0.02, 3)]
    [InlineData(0.10, 5)]
    [InlineData(0.10, 20)]
    public void Decide_BurstLoss_KeepsLossAndLengthOfBursts(double loss, double burst)
    {
        var model = Model(conditions => (conditions.Loss, conditions.LossBurst) = (loss, burst));
        var isLost = Send(model, Count, TimeSpan.FromMilliseconds(1)).Select(decision => decision.Fate == LinkFate.Lost).ToList();

        var bursts = isLost.Zip(isLost.Prepend(false)).Count(pair => pair is { First: true, Second: false });
        var lost = isLost.Count(static value => value);

        // The number of bursts varies as its root; their lengths are geometric, so their mean varies by itself over that root.
        var tolerance = 4 / Math.Sqrt(Count * loss / burst);
        Assert.InRange((double)lost / bursts, burst * (1 - tolerance), burst * (1 + tolerance));
        Assert.InRange((double)lost / Count, loss * (1 - (2 * tolerance)), loss * (1 + (2 * tolerance)));
    }

    [Fact]
    public void Decide_DelayAndJitterWithoutReordering_KeepsOrderWithinBounds()
    {
        var delay = TimeSpan.FromMilliseconds(50);
        var jitter = TimeSpan.FromMilliseconds(20);
        var model = Model(conditions => (conditions.Delay, conditions.Jitter) = (delay, jitter));
        var latest = Timestamp.Zero;
        for (var i = 0; i < Count; i++)
        {
            var now = Start + TimeSpan.FromMilliseconds(i);
            var decision = model.Decide(now, Length);

            Assert.InRange(decision.Arrival - now, delay, delay + jitter);
            Assert.True(decision.Arrival >= latest, $"datagram {i} of seed {Seed} overtook another");
            latest = decision.Arrival;
        }
    }

    [Fact]
    public void Decide_ReorderingJitter_ChangesOrder()
    {
        var model = Model(conditions => (conditions.Jitter, conditions.IsJitterReordering) = (TimeSpan.FromMilliseconds(20), true));
        var decisions = Send(model, Count, TimeSpan.FromMilliseconds(1));

        var overtaken = decisions.Zip(decisions.Skip(1)).Count(pair => pair.Second.Arrival < pair.First.Arrival);

        // Two uniform numbers of 20 ms, 1 ms apart: the later is first in 0.95² / 2 of the cases.
        Assert.InRange(overtaken, Count * 0.43, Count * 0.47);
    }

    [Fact]
    public void Decide_Reordered_IsOvertakenByWhatFollows()
    {
        var model = Model(conditions => (conditions.Reorder, conditions.ReorderDelay) = (0.1, TimeSpan.FromMilliseconds(5)));
        var decisions = Send(model, Count, TimeSpan.FromMilliseconds(1));

        var late = decisions.Where((decision, i) => decision.Arrival != Start + TimeSpan.FromMilliseconds(i)).ToList();

        Assert.InRange(late.Count, Count * 0.09, Count * 0.11);
        Assert.All(
            decisions.Select((decision, i) => (decision.Arrival - Start).TotalMilliseconds - i),
            delay => Assert.True(delay is 0 or 5, $"a delay of {delay} ms"));
    }

    [Fact]
    public void Decide_Duplicated_ArrivesTwice()
    {
        var model = Model(conditions => (conditions.Duplicate, conditions.Jitter) = (0.2, TimeSpan.FromMilliseconds(3)));
        var twice = Send(model, Count, TimeSpan.FromMilliseconds(1)).Where(decision => decision.CopyArrival != Timestamp.Never).ToList();

        Assert.InRange(twice.Count, Count * 0.19, Count * 0.21);
        Assert.All(twice, decision => Assert.True(decision.CopyArrival >= decision.Arrival));
    }

    [Fact]
    public void Decide_RateLimit_SendsExactlyAtThatRate()
    {
        var model = Model(conditions => conditions.BitRate = 400_000);

        // 800 kbit/s are offered: 1,000 bytes each 10 ms. Each takes 20 ms of the line.
        var decisions = Send(model, 100, TimeSpan.FromMilliseconds(10));

        Assert.Equal(
            Enumerable.Range(1, 100).Select(i => Start + TimeSpan.FromMilliseconds(20 * i)), decisions.Select(decision => decision.Arrival));
    }

    [Fact]
    public void Decide_QueueLimit_DropsTheTail()
    {
        var model = Model(conditions => (conditions.BitRate, conditions.QueueLimit) = (400_000, 5));

        var fates = Enumerable.Range(0, 8).Select(_ => model.Decide(Start, Length).Fate).ToList();

        Assert.Equal([.. Enumerable.Repeat(LinkFate.Passed, 5), .. Enumerable.Repeat(LinkFate.QueueFull, 3)], fates);
        Assert.Equal(LinkFate.Passed, model.Decide(Start + TimeSpan.FromMilliseconds(20), Length).Fate);
        Assert.Equal(3, model.Counters.QueueDropped);
    }

    [Fact]
    public void Decide_QueueTime_BoundsTheWait()
    {
        var longest = TimeSpan.FromMilliseconds(100);
        var model = Model(conditions => (conditions.BitRate, conditions.QueueTime) = (400_000, longest));
        var decisions = Send(model, 1000, TimeSpan.FromMilliseconds(10));

        var waits = decisions
            .Select((decision, i) => (decision, Sent: Start + TimeSpan.FromMilliseconds(10 * i)))
            .Where(item => item.decision.Fate == LinkFate.Passed)
            .Select(item => item.decision.Arrival - item.Sent)
            .ToList();

        // The wait is bounded; the datagram's own 20 ms on the line come on top.
        Assert.Equal(longest + TimeSpan.FromMilliseconds(20), waits.Max());

        // Half of what is offered fits, and what the queue holds at the end.
        Assert.InRange(waits.Count, 500, 506);
        Assert.Equal(1000, waits.Count + model.Counters.QueueDropped);
    }

    [Fact]
    public void Decide_RateLimitLifted_PassesAtOnceBehindWhatWaits()
    {
        var model = Model(conditions => conditions.BitRate = 400_000);
        var last = Send(model, 10, TimeSpan.Zero)[^1].Arrival;
        model.Conditions.BitRate = 0;

        Assert.Equal(Start + TimeSpan.FromMilliseconds(200), last);
        Assert.Equal(last, model.Decide(Start, Length).Arrival);
        Assert.Equal(last + TimeSpan.FromMilliseconds(1), model.Decide(last + TimeSpan.FromMilliseconds(1), Length).Arrival);
    }

    [Fact]
    public void Decide_SameSeed_DecidesTheSame()
    {
        static void Everything(LinkConditions conditions)
        {
            conditions.Loss = 0.05;
            conditions.LossBurst = 3;
            conditions.Duplicate = 0.02;
            conditions.Reorder = 0.03;
            conditions.Delay = TimeSpan.FromMilliseconds(40);
            conditions.Jitter = TimeSpan.FromMilliseconds(15);
            conditions.BitRate = 7_000_000;
            conditions.QueueTime = TimeSpan.FromMilliseconds(100);
        }

        var first = Model(Everything);
        var second = Model(Everything);
        var other = new LinkModel(new Random(Seed + 1), first.Conditions);

        var decisions = Send(first, Count, TimeSpan.FromMilliseconds(1));
        Assert.Equal(decisions, Send(second, Count, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(first.Counters, second.Counters);
        Assert.NotEqual(decisions, Send(other, Count, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void Decide_LossAddedToTheSameSeed_LeavesTheOthersTheirTimes()
    {
        static void Delayed(LinkConditions conditions) => conditions.Jitter = TimeSpan.FromMilliseconds(15);
        var without = Send(Model(Delayed), Count, TimeSpan.FromMilliseconds(20));
        var with = Send(Model(conditions => { Delayed(conditions); conditions.Loss = 0.1; }), Count, TimeSpan.FromMilliseconds(20));

        Assert.All(
            without.Zip(with).Where(pair => pair.Second.Fate == LinkFate.Passed), pair => Assert.Equal(pair.First.Arrival, pair.Second.Arrival));
    }

    [Fact]
    public void Counters_EveryFate_AddUpToWhatWasSent()
    {
        var model = Model(conditions =>
        {
            conditions.Loss = 0.1;
            conditions.BitRate = 6_000_000;
            conditions.QueueLimit = 20;
        });
        var decisions = Send(model, Count, TimeSpan.FromMilliseconds(1));

        var counters = model.Counters;
        Assert.Equal(Count, counters.Passed + counters.Lost + counters.QueueDropped);
        Assert.Equal(decisions.Count(decision => decision.Fate == LinkFate.Passed), counters.Passed);
        Assert.Equal((Count * (long)Length, counters.Passed * Length), (counters.SentBytes, counters.PassedBytes));
        Assert.True(counters is { Lost: > 0, QueueDropped: > 0 }, counters.ToString());
    }

    private static LinkModel Model(Action<LinkConditions>? set = null)
    {
        var conditions = new LinkConditions();
        set?.Invoke(conditions);
        return new LinkModel(new Random(Seed), conditions);
    }

    private static List<LinkDecision> Send(LinkModel model, int count, TimeSpan interval) =>
        [.. Enumerable.Range(0, count).Select(i => model.Decide(Start + (interval * i), Length))];
}
