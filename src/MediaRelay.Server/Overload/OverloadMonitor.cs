using System.Diagnostics.Metrics;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Overload;

/// <summary>Looks at the relay's loops ten times a second and puts into effect what <see cref="OverloadGuard"/> decides.</summary>
internal sealed partial class OverloadMonitor : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly MediaHost _media;
    private readonly TimeProvider _time;
    private readonly ILogger<OverloadMonitor> _logger;
    private readonly OverloadGuard _guard;
    private volatile OverloadLevel _level;

    public OverloadMonitor(
        IOptions<OverloadOptions> options, MediaHost media, IMeterFactory factory, TimeProvider time, ILogger<OverloadMonitor> logger)
    {
        _media = media;
        _time = time;
        _logger = logger;
        _guard = new OverloadGuard(options.Value);
        factory.CreateRelayMeter().CreateObservableGauge(
            "overload_level", () => (int)Level,
            description: "What the node gives up because its loops fall behind: 0 nothing, 1 new viewers, 2 larger layers too.");
    }

    /// <summary>What is given up now; any thread.</summary>
    public OverloadLevel Level => _level;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var began = _media.Now;
        LoopProbe[] probes = [.. _media.Loops.Select((loop, index) => new LoopProbe(loop, _media.Shards[index], began))];
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look(probes);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Look(LoopProbe[] probes)
    {
        var now = _media.Now;
        var worst = default(LoopPressure);
        foreach (var probe in probes)
        {
            worst = LoopPressure.Worst(worst, probe.Look(now));
        }

        if (_guard.Add(now, worst))
        {
            _level = _guard.Level;
            _media.Relay.MaxLayer = _guard.MaxLayer;
            Log.Changed(
                _logger, _guard.Level == OverloadLevel.None ? LogLevel.Information : LogLevel.Warning, _guard.Level, _guard.MaxLayer,
                Math.Min(worst.Processor ?? worst.Occupied, 1), Math.Min(worst.Occupied, 1), worst.Lag);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1,
            Message = "Overload: {Level}, layers up to {MaxLayer}; just now the busiest loop's thread runs {Share:P0} of the time, is in a turn "
                + "{Occupied:P0}, and the slowest is {Lag} late")]
        public static partial void Changed(
            ILogger logger, LogLevel logLevel, OverloadLevel level, int maxLayer, double share, double occupied, TimeSpan lag);
    }
}
