using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Tests.Retransmission;

/// <summary>Resends take half of a viewer's path at most.</summary>
public class ResendBudgetTests
{
    private const int Packet = 1_000;
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1_000);
    private readonly ResendBudget _budget = new();

    [Theory]
    [InlineData(50_000)]
    [InlineData(400_000)]
    [InlineData(4_000_000)]
    public void HasRoom_AskedForMoreThanFits_LetsHalfOfTheEstimateThrough(long estimate)
    {
        Drain(Start, estimate);
        var sent = 0;
        for (var ms = 1; ms <= 10_000; ms++)
        {
            sent += Drain(Start + TimeSpan.FromMilliseconds(ms), estimate);
        }

        Assert.InRange(sent, (estimate / 2 / 8 * 10) - Packet, (estimate / 2 / 8 * 10) + Packet);
    }

    [Theory]
    [InlineData(50_000, ResendBudget.LeastBurstBytes)]
    [InlineData(8_000_000, 8_000_000 / 2 / 8 / 4)]
    public void HasRoom_AfterAPause_LetsOneBurstThrough(long estimate, int burst)
    {
        Drain(Start, estimate);
        var later = Start + TimeSpan.FromMinutes(1);
        Assert.InRange(Drain(later, estimate), burst, burst + Packet);
        Assert.False(_budget.HasRoom(later, estimate));
    }

    [Fact]
    public void HasRoom_TimeGoesBack_GivesNothing()
    {
        Drain(Start, 400_000);
        Assert.False(_budget.HasRoom(Start - TimeSpan.FromSeconds(10), 400_000));
        Assert.False(_budget.HasRoom(Start, 400_000));
    }

    private int Drain(Timestamp now, long estimate)
    {
        var sent = 0;
        for (; _budget.HasRoom(now, estimate); sent += Packet)
        {
            _budget.Take(Packet);
        }

        return sent;
    }
}
