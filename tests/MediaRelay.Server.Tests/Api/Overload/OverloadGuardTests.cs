using MediaRelay.Protocols.Time;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overload;

namespace MediaRelay.Server.Tests.Api.Overload;

public sealed class OverloadGuardTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // Samples of 100 ms.
    private static readonly LoopPressure Idle = new(Tick, 0.05, 0.05, TimeSpan.Zero, 0);
    private static readonly LoopPressure Fair = new(Tick, 0.80, 0.82, TimeSpan.FromMilliseconds(5), 0);
    private static readonly LoopPressure Full = new(Tick, 0.97, 0.99, TimeSpan.FromMilliseconds(20), 0);
    private static readonly LoopPressure Late = new(Tick, 0.50, 0.98, TimeSpan.FromMilliseconds(160), 0);

    private readonly OverloadOptions _options = new() { Grace = TimeSpan.Zero };
    private readonly OverloadGuard _guard;
    private Timestamp _now = Timestamp.FromMilliseconds(1);

    public OverloadGuardTests() => _guard = new OverloadGuard(_options);

    [Fact]
    public void Add_LoopsHaveTime_NothingIsGivenUp()
    {
        Add(Idle, 100);
        Add(Fair, 100);
        Assert.Equal((OverloadLevel.None, 2), (_guard.Level, _guard.MaxLayer));
    }

    [Fact]
    public void Add_BusyForAWindow_ViewersAreRefused()
    {
        Add(Idle, 20);
        Add(Full, 8);
        Assert.Equal(OverloadLevel.None, _guard.Level);
        Add(Full, 4);
        Assert.Equal((OverloadLevel.RefuseJoins, 2), (_guard.Level, _guard.MaxLayer));
    }

    [Fact]
    public void Add_FirstSamplesOfAProcess_SayNothingYet()
    {
        Add(Full, 7);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(800)]
    public void Add_OnePause_ChangesNothing(int milliseconds)
    {
        var pause = TimeSpan.FromMilliseconds(milliseconds);
        Add(Fair, 20);

        // Everything stood still, the one who looks as well: its next look is as late.
        _now += pause;
        _guard.Add(_now, new LoopPressure(pause, 0.1, 1, pause, 0));
        Add(Fair, 20);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_LateOnAMachineOfOthers_ChangesNothingWhileTheLoopHasTime()
    {
        Add(new LoopPressure(Tick, 0.1, 0.3, TimeSpan.FromMilliseconds(200), 0), 100);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_AlwaysInATurnButPrompt_ChangesNothing()
    {
        Add(new LoopPressure(Tick, 0.6, 0.99, TimeSpan.FromMilliseconds(10), 0), 100);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_AlwaysInATurnAndLate_ViewersAreRefusedWhateverTheThreadGot()
    {
        Add(Late, 12);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_OthersHoldTheCore_ViewersAreNotTurnedAwayForIt()
    {
        Add(Late with { Processor = 0.07, Lag = TimeSpan.FromSeconds(1.5), Dropped = 3 }, 100);
        Assert.Equal(OverloadLevel.None, _guard.Level);
        Add(Late with { Processor = 0.31 }, 12);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_TwoPausesASecond_ChangeNothing()
    {
        for (var i = 0; i < 50; i++)
        {
            Add(Late, 3);
            Add(Late with { Lag = TimeSpan.FromMilliseconds(10) }, 2);
        }

        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_NoThreadTimeKnown_TurnsTell()
    {
        Add(Late with { Processor = null }, 12);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
        Add(Idle with { Processor = null }, 40);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_PacketsDroppedOnce_IsABurst()
    {
        Add(Idle, 20);
        Add(Fair with { Dropped = 50 }, 1);
        Add(Fair, 20);
        Assert.Equal(OverloadLevel.None, _guard.Level);
        Add(Fair with { Dropped = 1 }, 2);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_DropsAreOver_ViewersMayComeAgain()
    {
        Add(Fair, 20);
        Add(Fair with { Dropped = 1 }, 2);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);

        // They count for a window, then two seconds of calm follow.
        Add(Idle, 28);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
        Add(Idle, 5);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_InTheGrace_NothingIsJudged()
    {
        _options.Grace = TimeSpan.FromSeconds(10);
        Add(Full, 99);
        Assert.Equal(OverloadLevel.None, _guard.Level);
        Add(Full, 3);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_SwitchedOff_NothingIsGivenUp()
    {
        _options.Enabled = false;
        Add(Full, 200);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_PressureLasts_LayersGoOneAfterTheOther()
    {
        Add(Full, 10);
        Assert.Equal((OverloadLevel.RefuseJoins, 2), (_guard.Level, _guard.MaxLayer));
        Add(Full, 25);
        Assert.Equal((OverloadLevel.RefuseJoins, 2), (_guard.Level, _guard.MaxLayer));
        Add(Full, 10);
        Assert.Equal((OverloadLevel.CapLayers, 1), (_guard.Level, _guard.MaxLayer));
        Add(Full, 30);
        Assert.Equal((OverloadLevel.CapLayers, 0), (_guard.Level, _guard.MaxLayer));
        Add(Full, 600);
        Assert.Equal((OverloadLevel.CapLayers, 0), (_guard.Level, _guard.MaxLayer));
    }

    [Fact]
    public void Add_PressureComesAndGoes_LayersStay()
    {
        for (var i = 0; i < 20; i++)
        {
            Add(Full, 20);
            Add(Fair, 10);
        }

        Assert.Equal((OverloadLevel.RefuseJoins, 2), (_guard.Level, _guard.MaxLayer));
    }

    [Fact]
    public void Add_BetweenTheThresholds_KeepsWhatIs()
    {
        Add(Fair, 100);
        Assert.Equal(OverloadLevel.None, _guard.Level);
        Add(Full, 12);
        Add(Fair, 600);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_OthersTakeTheCores_IsNotCalm()
    {
        Add(Late, 12);

        // Its thread got little, but three in ten looks find it late: viewers would notice one more.
        for (var i = 0; i < 30; i++)
        {
            Add(Late, 3);
            Add(Late with { Lag = TimeSpan.FromMilliseconds(10) }, 7);
        }

        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
    }

    [Fact]
    public void Add_CalmForAWhile_ViewersMayComeAgain()
    {
        Add(Full, 12);
        Add(Idle, 20);
        Assert.Equal(OverloadLevel.RefuseJoins, _guard.Level);
        Add(Idle, 15);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_CalmAfterLayersWent_TheyComeBackOneByOneAndThenViewers()
    {
        Add(Full, 80);
        Assert.Equal(0, _guard.MaxLayer);
        Add(Idle, 90);
        Assert.Equal(0, _guard.MaxLayer);
        Add(Idle, 25);
        Assert.Equal((OverloadLevel.CapLayers, 1), (_guard.Level, _guard.MaxLayer));
        Add(Idle, 100);
        Assert.Equal((OverloadLevel.RefuseJoins, 2), (_guard.Level, _guard.MaxLayer));
        Add(Idle, 21);
        Assert.Equal(OverloadLevel.None, _guard.Level);
    }

    [Fact]
    public void Add_ALayerCameBackTooEarly_TheNextTimeTakesTwiceAsLong()
    {
        var returns = new List<int>();
        Add(Full, 42);
        Assert.Equal(1, _guard.MaxLayer);
        for (var i = 0; i < 3; i++)
        {
            var ticks = 0;
            for (; _guard.MaxLayer < 2; ticks++)
            {
                Add(Idle, 1);
            }

            returns.Add(ticks);
            for (; _guard.MaxLayer == 2;)
            {
                Add(Full, 1);
            }
        }

        Assert.InRange(returns[1], (1.8 * returns[0]) - 10, (2.2 * returns[0]) + 10);
        Assert.InRange(returns[2], (1.8 * returns[1]) - 10, (2.2 * returns[1]) + 10);
    }

    [Fact]
    public void Add_AnyLoad_LevelsFollowOneAnother()
    {
        var random = new Random(20200616);
        var before = OverloadLevel.None;
        LoopPressure[] loads = [Idle, Fair, Full, Late];
        for (var i = 0; i < 2_000; i++)
        {
            var load = loads[random.Next(loads.Length)];
            for (var length = random.Next(1, 60); length > 0; length--)
            {
                _now += Tick;
                var changed = _guard.Add(_now, load);
                Assert.True(changed || _guard.Level == before);
                Assert.InRange(Math.Abs((int)_guard.Level - (int)before), 0, 1);
                Assert.InRange(_guard.MaxLayer, 0, OverloadGuard.TopLayer);
                before = _guard.Level;
            }
        }
    }

    private void Add(LoopPressure pressure, int samples)
    {
        for (; samples > 0; samples--)
        {
            _now += Tick;
            _guard.Add(_now, pressure);
        }
    }
}
