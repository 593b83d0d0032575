using System.Net;
using MediaRelay.Server.Admission;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.Admission;

public sealed class JoinLimiterTests
{
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("2001:db8::1");

    [Fact]
    public void Refuse_MoreThanTheNodeTakesASecond_Is503UntilTimeHasPassed()
    {
        var limiter = Make(perSecond: 3);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(limiter.Refuse(Start, Here)));
        var refusal = limiter.Refuse(Start, There);
        Assert.Equal((JoinRefusal.JoinsPerSecond, 503, "limited"), (refusal?.Reason, refusal?.Problem.Status, refusal?.Result));
        Assert.NotNull(refusal?.Problem.RetryAfter);
        Assert.Null(limiter.Refuse(Start.AddMilliseconds(334), There));
        Assert.NotNull(limiter.Refuse(Start.AddMilliseconds(334), There));
    }

    [Fact]
    public void Refuse_MoreThanAnAddressMay_Is429ForItAlone()
    {
        var limiter = Make(perSecond: 100, perAddress: 2);
        Assert.Null(limiter.Refuse(Start, Here));
        Assert.Null(limiter.Refuse(Start, Here));
        Assert.Equal(429, limiter.Refuse(Start, Here)?.Problem.Status);
        Assert.Null(limiter.Refuse(Start, There));
        Assert.Equal((3, 2), limiter.Used(Start));
        Assert.Null(limiter.Refuse(Start.AddSeconds(1), Here));
    }

    [Fact]
    public void Refuse_Refused_CountsForNobody()
    {
        var limiter = Make(perSecond: 2, perAddress: 1);
        Assert.Null(limiter.Refuse(Start, Here));
        Assert.NotNull(limiter.Refuse(Start, Here));
        Assert.Equal((1, 1), limiter.Used(Start));
        Assert.Null(limiter.Refuse(Start, There));

        // The node is full now; this address has its second still when there is room again.
        var third = IPAddress.Parse("192.0.2.3");
        Assert.Equal(503, limiter.Refuse(Start, third)?.Problem.Status);
        Assert.Null(limiter.Refuse(Start.AddMilliseconds(500), third));
    }

    [Fact]
    public void Refuse_SwitchedOff_NeverRefuses()
    {
        var limiter = Make(perSecond: 0);
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Null(limiter.Refuse(Start, Here)));
        Assert.Equal((0, 0), limiter.Used(Start));
    }

    [Fact]
    public void Refuse_AMillionAddresses_AreNotAllKept()
    {
        var limiter = Make(perSecond: 0, perAddress: 1);
        Span<byte> address = stackalloc byte[16];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 1_000_000; i++)
        {
            BitConverter.TryWriteBytes(address, i);
            Assert.Null(limiter.Refuse(Start, new IPAddress(address)));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -10_000_000, 30_000_000);
        GC.KeepAlive(limiter);
    }

    private static JoinLimiter Make(int perSecond, int perAddress = 0) => new(Microsoft.Extensions.Options.Options.Create(
        new LimitsOptions { JoinsPerSecond = perSecond, JoinsPerSecondPerAddress = perAddress }));
}
