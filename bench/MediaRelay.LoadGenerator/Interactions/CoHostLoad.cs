using MediaRelay.Client.Platform;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>Links the main room, the largest, with one brand room after the other, each for its share of the window.</summary>
internal sealed class CoHostLoad(int links, PlatformClient platform, RoomPlan plan)
{
    // Of a link's share; the rest is solo, as between two guests.
    private const double LinkedShare = 0.8;
    private readonly List<string> _failures = [];
    private int _linked;

    /// <summary>For the window, or until <paramref name="end"/>.</summary>
    public async Task RunAsync(TimeSpan window, Task end, CancellationToken cancellationToken)
    {
        var share = window / links;
        for (var i = 0; i < links && !end.IsCompleted; i++)
        {
            var brand = plan.Names[1 + (i % (plan.Names.Count - 1))];
            var (coHostId, problem) = await platform.PostCoHostAsync([plan.Names[0], brand], cancellationToken);
            if (coHostId is null)
            {
                _failures.Add($"{brand}: {problem}");
                await Task.WhenAny(end, Task.Delay(share, cancellationToken));
                continue;
            }

            _linked++;
            await Task.WhenAny(end, Task.Delay(share * LinkedShare, cancellationToken));
            if (await platform.DeleteCoHostAsync(coHostId, cancellationToken) is { } left)
            {
                _failures.Add($"{brand} was not unlinked: {left}");
            }

            await Task.WhenAny(end, Task.Delay(share * (1 - LinkedShare), cancellationToken));
        }
    }

    public CoHostReport Report() => new(links, _linked, _failures);
}
