using MediaRelay.Client.Hosts;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Statistics;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>
/// Rooms that open and close beside the others: each is made, its host goes live, and after a while its show is closed and the room
/// deleted. A number of lanes bounds how many are open at once; each lane opens the same room again and again.
/// </summary>
internal sealed class RoomChurn(LoadOptions options, LoadTarget target, PlatformClient platform, Func<Timestamp> now)
{
    /// <summary>Rooms that are open at once at most, so that they stay a small part of a server's limit of rooms.</summary>
    public const int MaxLanes = 100;

    // Enough to be a show; what is tried is opening and closing.
    private const int MaxBitRate = 100_000;
    private const int FrameRate = 10;
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(20);

    private readonly FailureCounts _failures = new();
    private readonly LatencyHistogram _opening = new();
    private readonly LatencyHistogram _closing = new();
    private readonly LatencyHistogram _late = new();
    private int _next;
    private int _failed;

    /// <summary>For the window, or until <paramref name="end"/>; done when no room is open any more.</summary>
    public Task RunAsync(TimeSpan window, Task end, CancellationToken cancellationToken) => Task.WhenAll(
        Enumerable.Range(0, Math.Min(MaxLanes, options.Churn)).Select(lane => RunLaneAsync(lane, window, end, cancellationToken)));

    public ChurnReport Report() => new(
        options.Churn, _opening.Count, _closing.Count, Volatile.Read(ref _failed), _failures.ToDictionary(), Percentiles.Of(_opening),
        Percentiles.Of(_closing), Percentiles.Of(_late));

    private async Task RunLaneAsync(int lane, TimeSpan window, Task end, CancellationToken cancellationToken)
    {
        var room = $"{options.RoomPrefix}churn-{lane}";
        var started = now();
        while (Interlocked.Increment(ref _next) - 1 is var number && number < options.Churn)
        {
            var due = window * number / options.Churn;
            if (due - (now() - started) is { Ticks: > 0 } wait)
            {
                await Task.WhenAny(end, Task.Delay(wait, cancellationToken));
            }

            if (end.IsCompleted)
            {
                return;
            }

            _late.Record(now() - started - due);
            if (await OpenAndCloseAsync(room, end, cancellationToken) is { } problem)
            {
                Interlocked.Increment(ref _failed);
                _failures.Add(problem);
            }
        }
    }

    /// <summary>Null, or what was wrong.</summary>
    private async Task<string?> OpenAndCloseAsync(string room, Task end, CancellationToken cancellationToken)
    {
        var began = now();
        var problem = await platform.PutMerchantAsync(room, $"Load {room}", cancellationToken)
            ?? await platform.PutRoomAsync(room, room, $"Load {room}", isPublic: false, videoCodec: null, cancellationToken);
        if (problem is not null)
        {
            return $"not made: {problem}";
        }

        HeadlessHost? host = null;
        try
        {
            var outcome = await target.PublishAsync(room, MakeSource(), new HostOptions(), cancellationToken);
            if (!outcome.IsJoined)
            {
                return $"host not taken: {outcome.Problem}";
            }

            host = outcome.Peer;
            await Task.WhenAny(host.Connected, host.Closed, Task.Delay(HostPatience, cancellationToken));
            if (!host.Connected.IsCompletedSuccessfully)
            {
                return "host not connected";
            }

            _opening.Record(now() - began);
            await Task.WhenAny(end, Task.Delay(options.ChurnStay, cancellationToken));
            began = now();
            problem = await platform.CloseRoomAsync(room, cancellationToken);
        }
        finally
        {
            host?.Close();

            // Also when the run is cancelled: nothing stays on the server.
            problem = await platform.DeleteRoomAsync(room, CancellationToken.None) ?? problem;
        }

        if (problem is null)
        {
            _closing.Record(now() - began);
        }

        return problem is null ? null : $"not closed: {problem}";
    }

    private SyntheticMediaSource MakeSource() => new(new SyntheticMediaOptions
    {
        Video = options.Video ? options.Codec : null,
        HasAudio = options.Audio,
        BitRate = Math.Min(options.BitRate, MaxBitRate),
        FrameRate = Math.Min(options.FrameRate, FrameRate),
    });
}
