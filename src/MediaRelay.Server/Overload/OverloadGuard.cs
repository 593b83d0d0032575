using MediaRelay.Protocols.Time;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Overload;

/// <summary>
/// Decides what the node gives up, from what its loops did of late. Pure: samples and time are arguments. A level is reached by
/// pressure over a whole window and left by calm over a longer one, so that neither a single pause nor its end moves anything.
/// </summary>
internal sealed class OverloadGuard(OverloadOptions options)
{
    /// <summary>Layers of the picture above the lowest: simulcast has three.</summary>
    public const int TopLayer = 2;

    // A window with less in it than this says nothing yet.
    private const double LeastCovered = 0.9;

    // Lag in most of the samples is a state; in a few of them it is a pause or two, each of which shows for a quarter of a second.
    private const double LaggingShare = 0.75;

    private static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(5);

    private readonly Queue<(Timestamp At, LoopPressure Pressure)> _window = new();
    private Timestamp? _startedAt;
    private Timestamp? _pressedSince;
    private Timestamp? _calmSince;
    private Timestamp _steppedAt;
    private Timestamp? _layerReturnedAt;
    private TimeSpan _layersReturnAfter = options.LayersReturnAfter;
    private bool _isRefusing;

    private enum Verdict
    {
        Unknown,
        Calm,
        Between,
        Pressed,
    }

    /// <summary>The largest layer that viewers may get: 2 is all of them, 0 the lowest only.</summary>
    public int MaxLayer { get; private set; } = TopLayer;

    public OverloadLevel Level =>
        MaxLayer < TopLayer ? OverloadLevel.CapLayers : _isRefusing ? OverloadLevel.RefuseJoins : OverloadLevel.None;

    /// <summary>Takes one sample; true when <see cref="Level"/> or <see cref="MaxLayer"/> is another one now.</summary>
    public bool Add(Timestamp now, in LoopPressure pressure)
    {
        _startedAt ??= now;
        _window.Enqueue((now, pressure));
        while (_window.TryPeek(out var oldest) && now - oldest.At >= options.Window)
        {
            _window.Dequeue();
        }

        if (!options.Enabled || now - _startedAt.Value < options.Grace)
        {
            return false;
        }

        var before = (_isRefusing, MaxLayer);
        switch (Judge())
        {
            case Verdict.Pressed:
                _calmSince = null;
                _pressedSince ??= now;
                StepUp(now);
                break;
            case Verdict.Calm:
                _pressedSince = null;
                _calmSince ??= now;
                StepDown(now);
                break;
            case Verdict.Between:
                _pressedSince = null;
                _calmSince = null;
                break;
        }

        return before != (_isRefusing, MaxLayer);
    }

    private void StepUp(Timestamp now)
    {
        if (!_isRefusing)
        {
            _isRefusing = true;
            _steppedAt = now;
        }
        else if (MaxLayer > 0 && now - Timestamp.Max(_steppedAt, _pressedSince!.Value) >= options.CapLayersAfter)
        {
            // A layer that came back and has to go again came back too early.
            if (_layerReturnedAt is { } returned && now - returned < 2 * _layersReturnAfter)
            {
                var longer = 2 * _layersReturnAfter;
                _layersReturnAfter = longer < LongestReturn ? longer : LongestReturn;
            }

            MaxLayer--;
            _steppedAt = now;
        }
    }

    private void StepDown(Timestamp now)
    {
        var calm = now - Timestamp.Max(_steppedAt, _calmSince!.Value);
        if (MaxLayer < TopLayer)
        {
            if (calm >= _layersReturnAfter)
            {
                MaxLayer++;
                _steppedAt = now;
                _layerReturnedAt = now;
            }
        }
        else if (_isRefusing && calm >= options.JoinsReturnAfter)
        {
            _isRefusing = false;
            _steppedAt = now;
        }
        else if (!_isRefusing && calm >= LongestReturn)
        {
            _layersReturnAfter = options.LayersReturnAfter;
        }
    }

    private Verdict Judge()
    {
        var (covered, measured) = (TimeSpan.Zero, TimeSpan.Zero);
        var (processor, occupied) = (TimeSpan.Zero, TimeSpan.Zero);
        var (lagging, dropping) = (0, 0);
        foreach (var (_, sample) in _window)
        {
            covered += sample.Length;
            occupied += sample.Length * sample.Occupied;
            lagging += sample.Lag >= options.LagLimit ? 1 : 0;
            dropping += sample.Dropped > 0 ? 1 : 0;
            if (sample.Processor is { } share)
            {
                measured += sample.Length;
                processor += sample.Length * share;
            }
        }

        if (covered < LeastCovered * options.Window)
        {
            return Verdict.Unknown;
        }

        var limit = options.BusyLimit / 100.0;
        var running = measured > TimeSpan.Zero ? processor / measured : 0;
        var isOwnLoad = measured == TimeSpan.Zero || running >= options.LeastBusy / 100.0;
        var isBehind = occupied / covered >= limit && lagging >= LaggingShare * _window.Count;

        // One full queue is a burst; twice in a window the loop does not get through.
        if (running >= limit || (isOwnLoad && (isBehind || dropping > 1)))
        {
            return Verdict.Pressed;
        }

        var release = options.BusyRelease / 100.0;
        var busy = measured > TimeSpan.Zero ? running : occupied / covered;
        var isPrompt = lagging <= 1 || occupied / covered < release;
        return busy < release && isPrompt && dropping == 0 ? Verdict.Calm : Verdict.Between;
    }
}
