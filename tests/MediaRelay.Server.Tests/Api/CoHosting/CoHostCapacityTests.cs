using MediaRelay.Protocols.Time;
using MediaRelay.Server.CoHosting;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class CoHostCapacityTests
{
    private const int Cores = 4;

    private readonly Dictionary<int, TimeSpan> _mixers = [];
    private Timestamp _now = Timestamp.Zero;
    private TimeSpan _idle;
    private TimeSpan _group;

    [Fact]
    public void WhyNone_NothingMeasuredYet_IsNothing()
    {
        var capacity = new CoHostCapacity(new CoHostOptions());
        Assert.Null(capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 0));
        Assert.Null(capacity.SessionsLeft(0));
        capacity.Add(_now, machine: null, []);
        capacity.Add(_now + TimeSpan.FromSeconds(1), machine: null, []);
        Assert.Null(capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 0));
    }

    [Fact]
    public void WhyNone_MachineBusy_SaysWhatIsNeededAndWhatIsFree()
    {
        var capacity = new CoHostCapacity(new CoHostOptions { CoresPerSession = 0.5 });
        Play(capacity, seconds: 6, idleCores: 0.6);

        // A twentieth of four cores is left alone.
        Assert.Equal(
            "There is too little CPU for another co-host session: one of 2 rooms needs 0.50 of a core, and 0.40 is free.",
            capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 0));
        Assert.Equal(0, capacity.SessionsLeft(0));
        Play(capacity, seconds: 6, idleCores: 1.3);
        Assert.Null(capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 0));
        Assert.Equal(2, capacity.SessionsLeft(0));
        Assert.Null(capacity.WhyNone(Timestamp.Zero, rooms: 4, sessions: 0));
        Play(capacity, seconds: 6, idleCores: 0.8);
        Assert.Contains("one of 4 rooms needs 0.70", capacity.WhyNone(Timestamp.Zero, rooms: 4, sessions: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void CoresNeeded_SessionsRun_IsWhatTheyUse()
    {
        var capacity = new CoHostCapacity(new CoHostOptions { CoresPerSession = 0.5 });
        _mixers[10] = TimeSpan.Zero;
        _mixers[11] = TimeSpan.Zero;
        Play(capacity, seconds: 8, idleCores: 2, perMixer: 0.8);
        Assert.Equal(0.8, capacity.CoresNeeded(2), 2);
        Assert.Equal(1.8, capacity.FreeCores(sessions: 2)!.Value, 2);
        Assert.Equal(2, capacity.SessionsLeft(2));

        // Hosts that are away cost little; that does not last.
        Play(capacity, seconds: 8, idleCores: 3.9, perMixer: 0.01);
        Assert.Equal(0.25, capacity.CoresNeeded(2), 2);
    }

    [Fact]
    public void FreeCores_SessionsThatHaveJustBegun_AreCounted()
    {
        var capacity = new CoHostCapacity(new CoHostOptions { CoresPerSession = 0.5 });
        Play(capacity, seconds: 6, idleCores: 2.2);
        Assert.Equal(2.0, capacity.FreeCores(sessions: 0)!.Value, 2);
        Assert.Equal(1.5, capacity.FreeCores(sessions: 1)!.Value, 2);
        Assert.NotNull(capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 4));

        // Its worker runs, and has used a tenth of a core's time of these seconds.
        _mixers[10] = TimeSpan.Zero;
        Play(capacity, seconds: 1, idleCores: 2.2, perMixer: 0.5);
        Assert.Equal(1.6, capacity.FreeCores(sessions: 1)!.Value, 2);
    }

    [Fact]
    public void FreeCores_ControlGroupHasABound_IsWhatTheBoundLeaves()
    {
        var capacity = new CoHostCapacity(new CoHostOptions());
        Play(capacity, seconds: 6, idleCores: 3, quota: 1.5, groupUse: 1.0);
        Assert.Equal(0.3, capacity.FreeCores(sessions: 0)!.Value, 2);
    }

    [Fact]
    public void Reserve_TwoAtOnceForTheLastPlace_OnlyOneGetsIt()
    {
        var capacity = new CoHostCapacity(new CoHostOptions { MaxSessions = 2, CoresPerSession = 0 });
        var now = Timestamp.FromMilliseconds(1_000);
        Assert.Null(capacity.Reserve(now, rooms: 2, sessions: 1));
        Assert.NotNull(capacity.Reserve(now, rooms: 2, sessions: 1));
        Assert.NotNull(capacity.WhyNone(now, rooms: 2, sessions: 1));

        // It began and ended again; the next one is refused in the end, and gives the place back.
        capacity.NoteBegun();
        Assert.NotNull(capacity.WhyNone(now, rooms: 2, sessions: 2));
        Assert.Null(capacity.Reserve(now, rooms: 2, sessions: 1));
        Assert.NotNull(capacity.WhyNone(now + TimeSpan.FromSeconds(3), rooms: 2, sessions: 1));
        Assert.Null(capacity.WhyNone(now + TimeSpan.FromSeconds(4), rooms: 2, sessions: 1));
    }

    [Fact]
    public void WhyNone_NumberOfSessionsReached_NamesTheSetting()
    {
        var capacity = new CoHostCapacity(new CoHostOptions { MaxSessions = 2, CoresPerSession = 0 });
        Play(capacity, seconds: 6, idleCores: 0);
        Assert.Null(capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 1));
        Assert.Equal(1, capacity.SessionsLeft(1));
        Assert.Equal(
            "2 co-host sessions are active; MediaRelay:CoHost:MaxSessions allows 2.", capacity.WhyNone(Timestamp.Zero, rooms: 2, sessions: 2));
    }

    /// <summary>A sample a second, in which so much of the machine was idle and each mixer used so many cores.</summary>
    private void Play(
        CoHostCapacity capacity, int seconds, double idleCores, double perMixer = 0, double? quota = null, double groupUse = 0)
    {
        for (var second = 0; second < seconds; second++)
        {
            _now += TimeSpan.FromSeconds(1);
            _idle += TimeSpan.FromSeconds(idleCores);
            _group += TimeSpan.FromSeconds(groupUse);
            foreach (var id in _mixers.Keys)
            {
                _mixers[id] += TimeSpan.FromSeconds(perMixer);
            }

            CpuQuota[] quotas = quota is { } cores ? [new CpuQuota("/group", cores, _group)] : [];
            capacity.Add(
                _now, new MachineSample(_idle, Cores, quotas), [.. _mixers.Select(mixer => new MixerUse(mixer.Key, Rooms: 2, mixer.Value))]);
        }
    }
}
