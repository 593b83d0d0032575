using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class PublishTurnsTests
{
    private static readonly MerchantId Quiet = MerchantId.Parse("quiet");
    private static readonly MerchantId Loud = MerchantId.Parse("loud");

    [Fact]
    public void Enter_WithinTheRate_PassesAtOnce()
    {
        var turns = new PublishTurns<int>();
        for (var i = 0; i < 4_000; i++)
        {
            Assert.True(turns.Enter(i * 2_500L, i % 2 == 0 ? Quiet : Loud, 200, i));
        }

        Assert.Null(turns.NextTimeout);
    }

    [Fact]
    public void Enter_BeyondTheRate_MerchantsTakeTurnsInTheirOwnOrder()
    {
        var turns = new PublishTurns<(MerchantId, int)>(perSecond: 100, burst: 1);
        Assert.True(turns.Enter(0, Loud, 200, (Loud, 0)));
        for (var i = 1; i <= 6; i++)
        {
            Assert.False(turns.Enter(0, Loud, 200, (Loud, i)));
        }

        for (var i = 1; i <= 3; i++)
        {
            Assert.False(turns.Enter(0, Quiet, 200, (Quiet, i)));
        }

        var order = new List<(MerchantId Merchant, int Number)>();
        for (long now = 0; turns.NextTimeout is { } due; now = due)
        {
            Assert.Equal(now == 0 ? 10_000 : due, due);
            while (turns.TakeDue(due, out var message))
            {
                order.Add(message);
            }
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], order.Where(message => message.Merchant == Loud).Select(message => message.Number));
        Assert.Equal([1, 2, 3], order.Where(message => message.Merchant == Quiet).Select(message => message.Number));

        // Two messages of 200 bytes are a turn.
        Assert.InRange(order.FindLastIndex(message => message.Merchant == Quiet), 4, 7);
    }

    [Theory]
    [InlineData(2_000, 200)]
    [InlineData(2_000, 2_000)]
    [InlineData(5_000, 200)]
    public void Enter_OneMerchantFloods_TheOthersWaitAFewMessagesAndItItselfIsRefused(int loudPerSecond, int loudBytes)
    {
        var (alone, _) = Run(loudPerSecond: 0, loudBytes);
        var (beside, refused) = Run(loudPerSecond, loudBytes);
        Assert.True(refused > 0);

        // A viewer's round takes 50 ms at most: what the turns add is to stay below a fifth of that.
        Assert.InRange(beside.Max() - alone.Max(), 0, 10_000);
    }

    [Fact]
    public void Enter_ForAMerchantOfWeightTwo_GetsTwiceTheTurns()
    {
        var turns = new PublishTurns<MerchantId>(perSecond: 1_000, burst: 1, maxWaiting: 10_000);
        turns.Enter(0, Loud, 512, Loud);
        for (var i = 0; i < 900; i++)
        {
            turns.Enter(0, Loud, 512, Loud, weight: 2);
            turns.Enter(0, Quiet, 512, Quiet);
        }

        var taken = new List<MerchantId>();
        for (long now = 0; taken.Count < 600; now += 1_000)
        {
            while (turns.TakeDue(now, out var merchant))
            {
                taken.Add(merchant);
            }
        }

        Assert.InRange(taken.Count(merchant => merchant == Loud), 395, 405);
    }

    // What each message of a merchant with 36 a second waited, for ten seconds, in microseconds.
    private static (List<long> Waited, int Refused) Run(int loudPerSecond, int loudBytes)
    {
        var turns = new PublishTurns<long>();
        var waited = new List<long>();
        var refused = 0;
        for (long now = 0; now < 10_000_000; now += 500)
        {
            while (turns.TakeDue(now, out var since))
            {
                if (since >= 0)
                {
                    waited.Add(now - since);
                }
            }

            for (var i = 0L; i < (now * loudPerSecond / 1_000_000) - ((now - 500) * loudPerSecond / 1_000_000); i++)
            {
                refused += turns.Enter(now, Loud, loudBytes, -1) is null ? 1 : 0;
            }

            if (now % 27_500 == 0 && turns.Enter(now, Quiet, 200, now) == true)
            {
                waited.Add(0);
            }
        }

        return (waited, refused);
    }
}
