using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Tests.Shards;

/// <summary>Sessions come up when they are due, once, whatever the loop did in between.</summary>
public sealed class SessionTimersTests : IDisposable
{
    private readonly RelayHarness _harness = new(1);
    private readonly SessionTimers _timers = new();
    private readonly List<TimedSession> _sessions = [];
    private Timestamp _now = Timestamp.FromMilliseconds(10_000);

    public void Dispose()
    {
        _sessions.ForEach(session => session.Discard());
        _harness.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(250)]
    [InlineData(4_999)]
    [InlineData(5_200)]
    [InlineData(60_000)]
    public void TakeDue_Deadline_ComesInTimeAndOnce(int milliseconds)
    {
        Tick(0);
        var session = Arm(milliseconds);
        var taken = new List<Timestamp>();
        var end = _now + TimeSpan.FromMilliseconds(milliseconds + 12_000);
        while (_now < end)
        {
            foreach (var due in Tick(5))
            {
                // A deadline that is further away than the wheel is long is looked at on the way.
                if (due.NextTimeout <= _now)
                {
                    taken.Add(_now);
                    session.Deadline = Timestamp.Never;
                }

                _timers.Arm(_now, due);
            }
        }

        var late = (Assert.Single(taken) - Timestamp.FromMilliseconds(10_000)).TotalMilliseconds - milliseconds;
        Assert.InRange(late, 0, 10);
    }

    [Fact]
    public void Arm_EarlierDeadline_ComesAtTheEarlierTimeOnly()
    {
        Tick(0);
        var session = Arm(1_000);
        session.Deadline = _now + TimeSpan.FromMilliseconds(50);
        _timers.Arm(_now, session);

        Assert.Equal(50, TakenWithin(50).Single());
        session.Deadline = Timestamp.Never;
        Assert.Empty(TakenWithin(2_000));
    }

    [Fact]
    public void Arm_EarlierAndThenTheOldDeadlineAgain_ComesOnceEach()
    {
        Tick(0);
        var session = Arm(1_000);
        var old = session.Deadline;
        session.Deadline = _now + TimeSpan.FromMilliseconds(50);
        _timers.Arm(_now, session);
        Assert.Single(TakenWithin(50));
        session.Deadline = old;
        _timers.Arm(_now, session);

        Assert.Equal(950, Assert.Single(TakenWithin(3_000)));
    }

    [Fact]
    public void Arm_LaterDeadline_IsNoticedWhenTheOldOneComes()
    {
        Tick(0);
        var session = Arm(100);
        session.Deadline = _now + TimeSpan.FromMilliseconds(400);
        _timers.Arm(_now, session);

        Assert.Equal(100, Assert.Single(TakenWithin(100)));
        _timers.Arm(_now, session);
        Assert.Equal(300, Assert.Single(TakenWithin(1_000)));
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(5_120)]
    [InlineData(20_000)]
    [InlineData(3_600_000)]
    public void TakeDue_AfterAPauseOfTheLoop_AllComeOnce(int pause)
    {
        Tick(0);
        for (var i = 0; i < 1_000; i++)
        {
            Arm(1 + (i * 2));
        }

        var due = Tick(pause);
        Assert.Equal(1_000, due.Count);
        Assert.Equal(1_000, due.Distinct().Count());
        Assert.Empty(TakenWithin(6_000));
    }

    [Fact]
    public void Arm_DeadlineInThePast_ComesWithTheNextTick()
    {
        Tick(0);
        Arm(-500);

        Assert.Equal(5, Assert.Single(TakenWithin(100)));
    }

    private TimedSession Arm(int milliseconds)
    {
        var session = new TimedSession(_harness.Relay, _harness.Room(), _harness.Certificate)
        {
            CreatedAt = _now,
            Deadline = _now + TimeSpan.FromMilliseconds(milliseconds),
        };
        _sessions.Add(session);
        _timers.Arm(_now, session);
        return session;
    }

    private List<Sessions.PeerSession> Tick(int milliseconds)
    {
        _now += TimeSpan.FromMilliseconds(milliseconds);
        return [.. _timers.TakeDue(_now)];
    }

    private List<int> TakenWithin(int milliseconds)
    {
        var taken = new List<int>();
        for (var at = 5; at <= milliseconds; at += 5)
        {
            taken.AddRange(Tick(5).Select(_ => at));
        }

        return taken;
    }
}
