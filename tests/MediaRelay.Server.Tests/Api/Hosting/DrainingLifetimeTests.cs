using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.Hosting;

public sealed class DrainingLifetimeTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly FakeSessions _sessions = new() { Count = 3 };
    private readonly FakeApplication _application = new();
    private readonly DrainState _drain;
    private readonly DrainingLifetime _lifetime;

    public DrainingLifetimeTests()
    {
        _drain = new DrainState(_time, new Lazy<IEnumerable<IActiveSessions>>([_sessions]));
        _lifetime = new DrainingLifetime(
            _drain, new OptionsWrapper<DrainOptions>(new DrainOptions()), _time, _application, NullLogger<DrainingLifetime>.Instance);
    }

    public void Dispose()
    {
        _lifetime.Dispose();
        _application.Dispose();
    }

    [Fact]
    public void Termination_WithSessions_TakesNoNewOnesAndWaits()
    {
        Assert.Null(_drain.RefuseNewSession());
        _lifetime.HandleTermination();
        Assert.Equal(503, _drain.RefuseNewSession()?.Status);
        Assert.NotNull(_drain.NotReadyBecause);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(_application.IsStopped);
        Assert.False(_drain.TryEnd());
    }

    [Fact]
    public async Task Termination_LastSessionEnds_Stops()
    {
        _lifetime.HandleTermination();
        _sessions.Count = 0;
        _time.Advance(TimeSpan.FromSeconds(1));
        await _application.Stopped;
    }

    [Fact]
    public async Task Termination_DeadlinePasses_Stops()
    {
        _lifetime.HandleTermination();
        _time.Advance(TimeSpan.FromSeconds(31));
        await _application.Stopped;
        Assert.Equal(3, _drain.SessionCount);
    }

    [Fact]
    public void Termination_Second_StopsAtOnce()
    {
        _lifetime.HandleTermination();
        Assert.False(_application.IsStopped);
        _lifetime.HandleTermination();
        Assert.True(_application.IsStopped);
    }

    [Fact]
    public void Interrupt_WithSessions_StopsWithoutWaiting()
    {
        _lifetime.HandleInterrupt();
        Assert.True(_application.IsStopped);
        Assert.True(_drain.IsDraining);
    }

    [Fact]
    public void Drain_ByCall_CanBeEnded()
    {
        _drain.Begin();
        Assert.True(_drain.IsDraining);
        Assert.True(_drain.TryEnd());
        Assert.Null(_drain.Since);
        Assert.Null(_drain.RefuseNewSession());
    }

    private sealed class FakeSessions : IActiveSessions
    {
        public int Count { get; set; }
    }

    private sealed class FakeApplication : IHostApplicationLifetime, IDisposable
    {
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _token = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _token.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public Task Stopped => _stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public bool IsStopped => _stopped.Task.IsCompleted;

        public void StopApplication() => _stopped.TrySetResult();

        public void Dispose() => _token.Dispose();
    }

    /// <summary>Stands still until it is told to go on, then fires what is due, a tenth of a second at a time.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

        private readonly List<SteppedTimer> _timers = [];
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SteppedTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _now + dueTime);
            _timers.Add(timer);
            return timer;
        }

        public void Advance(TimeSpan span)
        {
            for (var end = _now + span; _now < end;)
            {
                _now += Step;
                foreach (var timer in _timers.Where(timer => timer.Due <= _now).ToList())
                {
                    _timers.Remove(timer);
                    timer.Fire();
                }
            }
        }
    }

    private sealed class SteppedTimer(TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = DateTimeOffset.MaxValue;
            return true;
        }

        public void Dispose() => Due = DateTimeOffset.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
