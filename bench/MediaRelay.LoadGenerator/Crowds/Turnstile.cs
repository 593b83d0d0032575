using System.Globalization;
using MediaRelay.Client.Signaling;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Crowds;

/// <summary>
/// Viewers who come, wait until they are served (sound, a key frame, the overlay channel: what the options give them) and leave, as fast
/// as the server takes them; so many at once. At ten even points it notes the server's memory, which must not grow with the visits.
/// </summary>
internal sealed class Turnstile(
    LoadOptions options, Crowd crowd, RoomPlan plan, ServerProcess? server, Func<Timestamp> now, Action<string> say)
{
    private const int Points = 10;

    // For a server that says 503 without when to come again.
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(1);

    private readonly JoinStatistics _joins = new();
    private readonly List<TurnstilePoint> _points = [];
    private readonly Lock _lock = new();
    private Timestamp _started;
    private int _next;
    private int _done;
    private long _turnedAway;

    /// <summary>Until all visits are over.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        _started = now();
        return Task.WhenAll(Enumerable.Range(0, options.VisitLanes).Select(_ => RunLaneAsync(cancellationToken)));
    }

    public TurnstileReport Report()
    {
        lock (_lock)
        {
            var seconds = _points.Count == 0 ? 0 : _points[^1].Seconds;
            return new TurnstileReport(
                options.Visits, options.VisitLanes, _done, Interlocked.Read(ref _turnedAway), seconds,
                seconds == 0 ? 0 : Math.Round(_done / seconds, 1), [.. _points], _joins.Report());
        }
    }

    private async Task RunLaneAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.Increment(ref _next) - 1 is var number && number < options.Visits)
        {
            while (await crowd.VisitAsync(number % plan.Names.Count, _joins, cancellationToken) is { } refusal)
            {
                if (refusal.Status is not (429 or 503))
                {
                    _joins.Attempt();
                    _joins.Fail(refusal.ToString());
                    break;
                }

                Interlocked.Increment(ref _turnedAway);
                await Task.Delay(refusal.RetryAfter ?? UsualWait, cancellationToken);
            }

            NoteDone();
        }
    }

    private void NoteDone()
    {
        lock (_lock)
        {
            _done++;

            // A point wherever a tenth is full; all of them in a run of fewer visits than points.
            if ((long)_done * Points / options.Visits == (long)(_done - 1) * Points / options.Visits)
            {
                return;
            }

            var seconds = Math.Round((now() - _started).TotalSeconds, 1);
            var rss = server is not null && server.TryRead(out _, out var bytes) ? bytes : (long?)null;
            _points.Add(new TurnstilePoint(_done, seconds, rss));
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{_done:N0} of {options.Visits:N0} visits after {seconds:N1} s, server memory {(rss is { } known ? $"{known / 1048576.0:N1} MiB" : "unknown without --server-pid")}"));
        }
    }
}
