using System.Buffers.Binary;
using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// One co-host session's mix: sources, outputs and the two clocks that drive them. Commands come from the link's task,
/// one at a time.
/// </summary>
internal sealed class MixSession : IDisposable
{
    // A change of the delay that is worth telling; sound is stretched by less in a second.
    private static readonly TimeSpan MappingStep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MappingInterval = TimeSpan.FromSeconds(1);

    // Opening an encoder takes some 50 ms; on a machine where it takes seconds the clocks start anyhow.
    private static readonly TimeSpan FirstPictureTime = TimeSpan.FromSeconds(2);

    // What hosts sent while encoders were opened is decoded in a row, and says nothing of the delay that is needed.
    private static readonly TimeSpan CatchUpTime = TimeSpan.FromMilliseconds(100);

    private readonly MixerSpec _spec;
    private readonly LinkConnection _link;
    private readonly PacketPool _pool = new(capacity: 2_048);
    private readonly Random _random;
    private readonly Action<Exception> _onFailure;
    private readonly CancellationTokenSource _stop = new();
    private readonly CanvasLoop _canvasLoop;
    private readonly AudioLoop _audioLoop;
    private readonly Thread _canvasThread;
    private readonly Thread _audioThread;
    private readonly MixClock _clock;
    private readonly MixSource?[] _byIndex = new MixSource?[MixerSourceSpec.MaxIndex + 1];
    private readonly Lock _modelLock = new();
    private readonly List<IDisposable> _parts = [];
    private readonly LayoutTimeline _layouts = new();
    private readonly List<Task> _endings = [];
    private long _skippedBefore;
    private volatile MixModel _model = MixModel.Empty;
    private Timestamp _lastMapping = Timestamp.Zero;
    private TimeSpan _mappedDelay;

    /// <exception cref="CodecException">An encoder cannot be opened.</exception>
    public MixSession(MixerSpec spec, LinkConnection link, Random random, Action<Exception> onFailure)
    {
        _spec = spec;
        _link = link;
        _random = random;
        _onFailure = onFailure;
        _clock = new MixClock(random);
        _canvasLoop = new CanvasLoop(this, _clock, spec);
        _audioLoop = new AudioLoop(this, _clock);
        _canvasThread = new Thread(() => Guard(_canvasLoop.Run)) { IsBackground = true, Name = "canvas", Priority = ThreadPriority.AboveNormal };
        _audioThread = new Thread(() => Guard(_audioLoop.Run)) { IsBackground = true, Name = "sound", Priority = ThreadPriority.AboveNormal };
        foreach (var source in spec.Sources)
        {
            AddSource(source);
        }

        foreach (var output in spec.Outputs)
        {
            AddOutput(output, isOpened: true);
        }
    }

    public MixModel Model => _model;

    /// <summary>Sources whose tile shows the host.</summary>
    public int LiveSources => _model.Sources.Count(source => source.IsLive);

    public PlayoutDelay Delay { get; } = new();

    /// <summary>Held by the audio thread while it reads sources and outputs; who frees some waits for it before.</summary>
    public Lock AudioLock { get; } = new();

    /// <summary>
    /// Makes the first picture and the first block of sound, which takes long because all code is loaded for them; then
    /// starts the clocks, so that those that follow are in time.
    /// </summary>
    public void Start()
    {
        _clock.Begin(MixClock.Now);
        _canvasLoop.TurnFirst();
        _audioLoop.TurnFirst();
        foreach (var output in _model.VideoOutputs)
        {
            output.WaitForFirst(FirstPictureTime);
        }

        _clock.Begin(MixClock.Now - AudioLoop.BlockTime);
        foreach (var source in _model.Sources)
        {
            source.Video.DelaysFrom = MixClock.Now + CatchUpTime;
        }

        _canvasThread.Start();
        _audioThread.Start();
    }

    /// <summary>How long the slowest thread has not come round, or an encoder has been at one picture.</summary>
    public TimeSpan StalledFor(Timestamp now)
    {
        // Before the first turn the loops' times are zero; the session's start stands for them.
        var slowest = Timestamp.Min(
            Timestamp.Max(_canvasLoop.LastTurn, _clock.Start), Timestamp.Max(_audioLoop.LastTurn, _clock.Start));
        foreach (var output in _model.VideoOutputs)
        {
            slowest = output.BusySince is { } since ? Timestamp.Min(slowest, since) : slowest;
        }

        return now > slowest ? now - slowest : TimeSpan.Zero;
    }

    public void OnRtp(int source, bool isVideo, Timestamp arrival, ReadOnlySpan<byte> rtp)
    {
        if (Find(source) is not { } found)
        {
            return;
        }

        if (isVideo)
        {
            found.Video.OnRtp(arrival, rtp);
        }
        else
        {
            found.Audio.OnRtp(MixClock.Now, arrival, rtp);
        }
    }

    public void OnMapping(int source, bool isVideo, RtpTimestamp timestamp, Timestamp capture)
    {
        if (Find(source) is not { } found)
        {
            return;
        }

        if (isVideo)
        {
            found.Video.OnMapping(timestamp, capture);
        }
        else
        {
            found.Audio.OnMapping(timestamp, capture);
        }
    }

    public void SetSourceCodec(int source, VideoCodec codec) => Find(source)?.Video.SetCodec(codec);

    public void SetLayout(LayoutChange change)
    {
        if (!_layouts.TryAdd(change))
        {
            // Standard error is the worker's log; the relay reads it.
            Console.Error.WriteLine($"a layout for media time {change.AtMediaTime} is left out: {LayoutTimeline.Capacity} wait for theirs already");
        }
    }

    public void RequestKeyFrame(int output) => FindVideo(output)?.RequestKeyFrame();

    /// <summary>Makes a picture at every <paramref name="step"/>-th tick of the canvas clock.</summary>
    public void SetCanvasStep(int step) => _canvasLoop.Step = step;

    public void SetBitrate(int output, int kbps) => FindVideo(output)?.SetBitrate(kbps);

    public void AddSource(MixerSourceSpec spec)
    {
        RemoveSource(spec.Index);
        var source = new MixSource(spec, _spec, _link, _pool, _onFailure);
        _byIndex[spec.Index] = source;
        source.Video.Start();
        Change(model => model with { Sources = [.. model.Sources, source] }, source);
    }

    public void RemoveSource(int index)
    {
        if (Find(index) is { } source)
        {
            _byIndex[index] = null;
            Change(model => model with { Sources = [.. model.Sources.Where(other => other != source)] });
        }
    }

    /// <summary>
    /// Adds an output to a session that runs. An encoder is opened beside it, which takes some 50 ms; its first picture is a key frame.
    /// </summary>
    public void AddOutput(MixerOutputSpec spec) => AddOutput(spec, isOpened: false);

    /// <exception cref="CodecException">The encoder cannot be opened.</exception>
    private void AddOutput(MixerOutputSpec spec, bool isOpened)
    {
        RemoveOutput(spec.Index);
        if (spec.Kind == MixerOutputKind.Video)
        {
            var output = new VideoOutput(spec, _spec, _link, _clock, _random, _onFailure);
            if (isOpened)
            {
                output.Open();
            }

            output.Start();
            Change(model => model with { VideoOutputs = [.. model.VideoOutputs, output] }, output);
        }
        else
        {
            var output = new AudioOutput(spec, _spec, _link, _random);
            Change(model => model with { AudioOutputs = [.. model.AudioOutputs, output] }, output);
        }

        _lastMapping = Timestamp.Zero;
    }

    public void RemoveOutput(int index) => Change(model => model with
    {
        VideoOutputs = [.. model.VideoOutputs.Where(output => output.Spec.Index != index)],
        AudioOutputs = [.. model.AudioOutputs.Where(output => output.Spec.Index != index)],
    });

    /// <summary>The layout that begins with the picture at <paramref name="mediaTime"/>, or null to go on; canvas thread.</summary>
    public Layout? LayoutAt(long mediaTime) => _layouts.TryTake(mediaTime, out var layout) ? layout : null;

    /// <summary>
    /// Lets the delay follow what the streams need, and tells the relay what the outputs show; canvas thread.
    /// </summary>
    public void UpdateDelay(Timestamp now)
    {
        var sources = _model.Sources;
        Delay.Update(now, sources.Max(source => source.NeededDelay));
        foreach (var source in sources)
        {
            source.Delay.Update(now, source.NeededDelay, Delay.Current);
        }

        if (now - _lastMapping >= MappingInterval || (Delay.Current - _mappedDelay).Duration() >= MappingStep)
        {
            _lastMapping = now;
            _mappedDelay = Delay.Current;
            PostMappings(now);
        }
    }

    /// <summary>
    /// Frees what has left; <paramref name="used"/> is what the canvas thread, which calls, goes on with.
    /// </summary>
    public void Release(MixModel used)
    {
        List<IDisposable> left;
        lock (_modelLock)
        {
            left = [.. _parts.Except(Parts(_model)).Except(Parts(used))];
            _parts.RemoveAll(left.Contains);
        }

        // An encoder may be at a picture; neither clock waits for it.
        foreach (var output in left.OfType<VideoOutput>())
        {
            Interlocked.Add(ref _skippedBefore, output.Skipped);
            _endings.RemoveAll(static ending => ending.IsCompletedSuccessfully);
            _endings.Add(Task.Run(output.Dispose));
        }

        left.RemoveAll(static part => part is VideoOutput);

        // The audio thread takes the model anew at every turn, so once it has ended one nothing that left is in use. It
        // does not wait for decoders that end, which can take longer than a block.
        lock (AudioLock)
        {
        }

        left.ForEach(part => part.Dispose());
    }

    public MixerStats GetStats()
    {
        var model = _model;
        var encodeDelay = model.VideoOutputs.Select(output => output.EncodeDelay).DefaultIfEmpty().Max();
        var sources = Array.ConvertAll(model.Sources, source => GetStats(source, encodeDelay));
        return new MixerStats
        {
            FramesComposed = _canvasLoop.Composed,
            Ticks = _canvasLoop.Ticks,
            FramesLate = _canvasLoop.Late,
            FrameRate = (double)_spec.FrameRate / _canvasLoop.Step,
            BlocksLate = _audioLoop.Late,
            FramesRepeated = _canvasLoop.Repeated,
            FramesBlack = _canvasLoop.Black,
            EncodersFallenBack = model.VideoOutputs.Count(output => output.IsFallback),
            Encoders = model.VideoOutputs.Length,
            FramesSkippedByEncoder = Interlocked.Read(ref _skippedBefore) + model.VideoOutputs.Sum(output => output.Skipped),
            DelayMs = Delay.Current.TotalMilliseconds,
            AvSkewMs = sources.Select(source => source.AvSkewMs).OrderByDescending(Math.Abs).FirstOrDefault(),
            EncodeDelayMs = encodeDelay.TotalMilliseconds,
            PostsDropped = _link.Dropped,
            Sources = sources,
        };
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var thread in (Thread[])[_canvasThread, _audioThread])
        {
            if (thread.IsAlive)
            {
                thread.Join();
            }
        }

        _model = MixModel.Empty;
        Release(MixModel.Empty);
        Task.WaitAll([.. _endings]);
        _stop.Dispose();
    }

    private static MixerSourceStats GetStats(MixSource source, TimeSpan encodeDelay) => new()
    {
        Index = source.Spec.Index,
        IsLive = source.IsLive,
        PicturesDecoded = source.Video.Decoded,
        PicturesLost = source.Video.Lost,
        ConcealedMs = source.Audio.Concealed * 1000 / MixClock.AudioRate,
        RecoveredMs = source.Audio.Recovered * 1000 / MixClock.AudioRate,
        SoundPacketsLate = source.Audio.Late,
        GainDb = source.Level.GainDb,
        JitterMs = source.Video.Jitter.TotalMilliseconds,
        AddedLatencyMs = source.IsLive ? (source.PlayedDelay + encodeDelay - source.Video.Uplink).TotalMilliseconds : 0,
        HeldMs = (long)source.Held.TotalMilliseconds,
        AvSkewMs = source.IsLive && source.Audio.Lag is not null ? source.VideoOffset.TotalMilliseconds : 0,
    };

    private static IEnumerable<IDisposable> Parts(MixModel model) => [.. model.Sources, .. model.VideoOutputs, .. model.AudioOutputs];

    private void Change(Func<MixModel, MixModel> change, IDisposable? added = null)
    {
        lock (_modelLock)
        {
            if (added is not null)
            {
                _parts.Add(added);
            }

            _model = change(_model);
        }
    }

    private void Guard(Action<CancellationToken> loop)
    {
        try
        {
            loop(_stop.Token);
        }
        catch (Exception failure)
        {
            // The boundary of the thread: the worker says why and ends, and the relay starts another.
            _onFailure(failure);
        }
    }

    private MixSource? Find(int index) => (uint)index < (uint)_byIndex.Length ? _byIndex[index] : null;

    private VideoOutput? FindVideo(int index) => Array.Find(_model.VideoOutputs, output => output.Spec.Index == index);

    private void PostMappings(Timestamp now)
    {
        var elapsed = now - _clock.Start;
        var capture = now - Delay.Current;
        foreach (var output in _model.VideoOutputs)
        {
            PostMapping(output.Spec.Index, _clock.VideoBase + (elapsed.Ticks * MixClock.VideoRate / TimeSpan.TicksPerSecond), capture);
        }

        // A decoder of Opus gives every sample later by the encoder's look-ahead (RFC 7845 §4.2 calls it pre-skip).
        var lookAhead = TimeSpan.FromTicks(AudioEncoder.LookAhead * TimeSpan.TicksPerSecond / MixClock.AudioRate);
        foreach (var output in _model.AudioOutputs)
        {
            var timestamp = _clock.AudioBase + (elapsed.Ticks * MixClock.AudioRate / TimeSpan.TicksPerSecond);
            PostMapping(output.Spec.Index, timestamp, capture - lookAhead);
        }
    }

    private void PostMapping(int output, long timestamp, Timestamp capture)
    {
        Span<byte> payload = stackalloc byte[sizeof(uint) + sizeof(long)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)timestamp);
        BinaryPrimitives.WriteInt64BigEndian(payload[sizeof(uint)..], capture.Nanoseconds);
        _link.TryPostCommand(LinkFrameType.OutputMapping, (byte)output, payload);
    }
}
