using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Sync;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// The canvas clock: a picture per tick and size from the session's start to its end, whatever the sources do. A thread
/// of its own, which alone looks at pictures and frees sources.
/// </summary>
internal sealed class CanvasLoop
{
    /// <summary>Largest <see cref="Step"/>.</summary>
    public const int MaxStep = 4;

    private readonly MixSession _session;
    private readonly MixClock _clock;
    private readonly int _frameRate;
    private readonly Dictionary<CanvasSize, Canvas> _canvases = [];
    private MixModel _model = MixModel.Empty;
    private Layout _layout;
    private DecodedPicture?[] _pictures = [];
    private long _composed;
    private long _late;
    private long _repeated;
    private long _black;
    private long _lastTurn;
    private long _ticks;
    private volatile int _step = 1;

    public CanvasLoop(MixSession session, MixClock clock, MixerSpec spec)
    {
        _session = session;
        _clock = clock;
        _frameRate = spec.FrameRate;
        _layout = spec.Layout;
    }

    public long Composed => Interlocked.Read(ref _composed);

    /// <summary>Ticks at which a picture was due so far, made or not.</summary>
    public long Ticks => Interlocked.Read(ref _ticks);

    /// <summary>A picture is made at every n-th tick; ticks and timestamps go on as they are. Any thread.</summary>
    public int Step
    {
        get => _step;
        set => _step = value;
    }

    public long Late => Interlocked.Read(ref _late);

    public long Repeated => Interlocked.Read(ref _repeated);

    public long Black => Interlocked.Read(ref _black);

    /// <summary>When the loop last came round; what shows that it still does.</summary>
    public Timestamp LastTurn => new(Interlocked.Read(ref _lastTurn));

    /// <summary>Makes the picture of tick 0, before <see cref="Run"/>.</summary>
    public void TurnFirst() => Turn(0);

    /// <summary>Makes the pictures from tick 1 on until <paramref name="stop"/>.</summary>
    public void Run(CancellationToken stop)
    {
        try
        {
            for (long tick = 1; !WaitUntil(TimeOf(tick), stop); tick += _step)
            {
                // When a whole tick was missed its picture is left out; the timestamps of those that follow stay right.
                var step = _step;
                var missed = (long)((MixClock.Now - TimeOf(tick)) / (PictureTime * step));
                if (missed > 0)
                {
                    Interlocked.Add(ref _late, missed);
                    tick += missed * step;
                }

                Interlocked.Add(ref _ticks, missed + 1);
                Turn(tick);
                Interlocked.Exchange(ref _lastTurn, MixClock.Now.Nanoseconds);
            }
        }
        finally
        {
            foreach (var canvas in _canvases.Values)
            {
                canvas.Dispose();
            }
        }
    }

    private TimeSpan PictureTime => TimeSpan.FromTicks(TimeSpan.TicksPerSecond / _frameRate);

    /// <summary>Waits on the clock; true when it is time to stop instead.</summary>
    internal static bool WaitUntil(Timestamp time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var left = time - MixClock.Now;
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            // Waits are in whole milliseconds; rounding up is at most one late, and never a busy loop.
            stop.WaitHandle.WaitOne((int)Math.Ceiling(left.TotalMilliseconds));
        }

        return true;
    }

    private Timestamp TimeOf(long tick) => _clock.Start + TimeSpan.FromTicks(tick * TimeSpan.TicksPerSecond / _frameRate);

    private void Turn(long tick)
    {
        var due = TimeOf(tick);
        _session.UpdateDelay(due);
        UpdateModel(_clock.VideoTimestamp(tick, _frameRate));
        for (var i = 0; i < _model.Sources.Length; i++)
        {
            _pictures[i] = _model.Sources[i].SelectPicture(due, out var isRepeated);
            if (isRepeated)
            {
                Interlocked.Increment(ref _repeated);
            }
        }

        foreach (var canvas in _canvases.Values)
        {
            Compose(canvas, tick, due);
        }
    }

    private void Compose(Canvas canvas, long tick, Timestamp due)
    {
        using var picture = canvas.Compose(_model.Sources, _pictures, out var empty);
        CanvasPicture? small = null;
        foreach (var output in _model.VideoOutputs)
        {
            if (output.Canvas != canvas.Size || !output.IsOpen)
            {
                continue;
            }

            if (output.Spec.IsSmall)
            {
                // Once for all codecs.
                small ??= picture is null ? null : canvas.Halve(picture);
                output.Post(small?.Retain(), tick, due);
            }
            else
            {
                output.Post(picture?.Retain(), tick, due);
            }
        }

        small?.Dispose();

        if (picture is not null)
        {
            Interlocked.Increment(ref _composed);
        }

        if (empty > 0)
        {
            Interlocked.Increment(ref _black);
        }
    }

    // Sources and outputs that left are freed here, where nothing looks at their pictures any more.
    private void UpdateModel(long mediaTime)
    {
        var layout = _session.LayoutAt(mediaTime) ?? _layout;
        var model = _session.Model;
        if (model == _model && layout == _layout)
        {
            return;
        }

        (_model, _layout) = (model, layout);
        foreach (var output in model.VideoOutputs)
        {
            if (!_canvases.ContainsKey(output.Canvas))
            {
                _canvases.Add(output.Canvas, new Canvas(output.Canvas));
            }
        }

        foreach (var size in _canvases.Keys.Where(size => Array.TrueForAll(model.VideoOutputs, output => output.Canvas != size)).ToList())
        {
            _canvases[size].Dispose();
            _canvases.Remove(size);
        }

        var owners = Array.ConvertAll(model.Sources, source => source.Owner);
        foreach (var canvas in _canvases.Values)
        {
            canvas.Arrange(layout, owners);
        }

        _pictures = new DecodedPicture?[model.Sources.Length];
        _session.Release(model);
    }
}
