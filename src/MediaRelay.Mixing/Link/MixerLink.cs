using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// The relay's end of one mixer worker: owns the process and the socket to it. Begins as a worker without work (<see
/// cref="ConnectAsync"/>), may be prepared, and takes one session. All methods may be called from any thread and never
/// block; what comes back goes to the <see cref="IMixerOutput"/>.
/// </summary>
public sealed class MixerLink : ILinkHandler, IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(50);

    // Of a longer wait only this much counts as the worker's silence: this process, or the whole machine, stood still.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    // RFC 3550 §5.1: the second byte's highest bit.
    private const byte RtpMarkerBit = 0x80;

    private readonly MixerWorkerOptions _options;
    private readonly WorkerProcess _process;
    private readonly LinkConnection _connection;
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MixerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _beginning = new();
    private readonly Task<MixerExit> _running;
    private volatile IMixerOutput? _output;
    private TimeProvider _time = TimeProvider.System;
    private MixerExit? _cause;
    private TimeSpan _silence;
    private TimeSpan _sinceBeat;
    private TimeSpan _stalled;
    private bool _disposed;

    private MixerLink(MixerWorkerOptions options, WorkerProcess process, Socket socket)
    {
        _options = options;
        _process = process;
        _connection = new LinkConnection(socket, options.QueueBytes);
        _running = CleanUpAsync();
    }

    /// <summary>The worker's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Packets that were not handed to the worker because it read too slowly.</summary>
    public long Dropped => _connection.Dropped;

    /// <summary>Completes when the worker is gone, for whatever reason and at whatever stage.</summary>
    public Task<MixerExit> Exited => _exited.Task;

    /// <summary>Starts a worker and returns when it has connected. It has nothing to do yet.</summary>
    /// <param name="options">How to run the worker.</param>
    /// <param name="onLog">
    /// Gets what the worker writes to its standard error, a line at a time; a session's lines go to its output instead.
    /// </param>
    /// <param name="cancellation">Gives up and ends the worker.</param>
    /// <exception cref="MixerStartException">The worker did not start in time, or said why it cannot.</exception>
    public static async Task<MixerLink> ConnectAsync(MixerWorkerOptions options, Action<string> onLog, CancellationToken cancellation)
    {
        MixerLink? link = null;
        var (process, socket) = await WorkerProcess.ConnectAsync(options, OnLine, cancellation);
        Volatile.Write(ref link, new MixerLink(options, process, socket));
        link.Run();
        return link;

        void OnLine(string line)
        {
            if (Volatile.Read(ref link)?._output is { } output)
            {
                output.OnLog(line);
            }
            else
            {
                onLog(line);
            }
        }
    }

    /// <summary>Starts a worker and returns when its canvas runs.</summary>
    /// <param name="spec">The session.</param>
    /// <param name="options">How to run the worker.</param>
    /// <param name="output">Where the mix goes; may be called before this method returns.</param>
    /// <param name="time">Wall clock of the capture times (the relay's).</param>
    /// <param name="cancellation">Gives up and ends the worker.</param>
    /// <exception cref="MixerStartException">The worker did not start in time, or said why it cannot.</exception>
    public static async Task<MixerLink> StartAsync(
        MixerSpec spec, MixerWorkerOptions options, IMixerOutput output, TimeProvider time, CancellationToken cancellation)
    {
        var link = await ConnectAsync(options, output.OnLog, cancellation);
        await link.BeginAsync(spec, output, time, cancellation);
        return link;
    }

    /// <summary>
    /// Lets the worker load its codecs and rehearse, at the lowest priority; returns when it has. Ends the worker when that fails.
    /// </summary>
    /// <exception cref="MixerStartException">It took too long, or the worker ended; the message says why.</exception>
    public async Task PrepareAsync(CodecElements elements, CancellationToken cancellation)
    {
        PostJson(LinkFrameType.Prepare, 0, elements, LinkJson.Default.CodecElements);
        await UntilAsync(_prepared.Task, "get prepared", _options.PrepareTimeout, cancellation);
    }

    /// <summary>
    /// Begins the session; returns when the canvas runs. Packets and commands may be posted as soon as this method was called: they
    /// wait behind it. Call once. Ends the worker when it fails.
    /// </summary>
    /// <param name="spec">The session.</param>
    /// <param name="output">Where the mix goes; may be called before this method returns.</param>
    /// <param name="time">Wall clock of the capture times (the relay's).</param>
    /// <param name="cancellation">Gives up and ends the worker.</param>
    /// <exception cref="MixerStartException">The worker did not start in time, or said why it cannot.</exception>
    public Task BeginAsync(MixerSpec spec, IMixerOutput output, TimeProvider time, CancellationToken cancellation)
    {
        lock (_beginning)
        {
            if (_output is not null)
            {
                throw new InvalidOperationException("A worker takes one session.");
            }

            _time = time;
            _output = output;
        }

        PostJson(LinkFrameType.Start, 0, spec, LinkJson.Default.MixerSpec);
        return UntilAsync(_started.Task, "start", _options.StartTimeout, cancellation);
    }

    /// <summary>
    /// Hands over one RTP packet (plain, with its header, ≤ 1,984 bytes) that was received <paramref name="age"/> ago.
    /// Called on a relay loop: copies into a bounded queue; returns false when the packet was dropped because the queue
    /// is full or the worker gone.
    /// </summary>
    public bool TryPostRtp(int source, bool isVideo, ReadOnlySpan<byte> rtp, TimeSpan age = default)
    {
        if (rtp.Length > LinkFrame.MaxRtpLength)
        {
            return false;
        }

        Span<byte> arrival = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(arrival, (MonotonicClock.Now - age).Nanoseconds);
        var type = isVideo ? LinkFrameType.SourceVideo : LinkFrameType.SourceAudio;

        // Nothing can be decoded before a picture's last packet. Should that be missing, sound or a heartbeat takes the
        // others along.
        var isMoreComing = isVideo && rtp.Length > 1 && (rtp[1] & RtpMarkerBit) == 0;
        return _connection.TryPost(type, (byte)source, arrival, rtp, isMoreComing);
    }

    /// <summary>
    /// Tells that what the source's packets with <paramref name="rtpTimestamp"/> carry was captured at <paramref
    /// name="capture"/>, wall time of the relay. To be called for every sender report of the host.
    /// </summary>
    public void PostCaptureMapping(int source, bool isVideo, uint rtpTimestamp, NtpTime capture)
    {
        Span<byte> payload = stackalloc byte[sizeof(uint) + sizeof(long)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, rtpTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(payload[sizeof(uint)..], ToMonotonic(capture).Nanoseconds);
        _connection.TryPostCommand(isVideo ? LinkFrameType.VideoMapping : LinkFrameType.AudioMapping, (byte)source, payload);
    }

    /// <summary>Makes the output's next picture a key frame. Requests that come together make one.</summary>
    public void RequestKeyFrame(int output) => _connection.TryPostCommand(LinkFrameType.OutputKeyFrame, (byte)output);

    /// <summary>
    /// Changes the layout from the first picture at or after <paramref name="atMediaTime"/>, an unwrapped 90 kHz time
    /// of the mixer's own video timeline (its lower 32 bits are the outputs' RTP timestamp), or at once when null.
    /// </summary>
    public void SetLayout(Layout layout, long? atMediaTime) =>
        PostJson(LinkFrameType.Layout, 0, new LayoutChange(layout, atMediaTime), LinkJson.Default.LayoutChange);

    /// <summary>The host publishes with another codec (or for the first time); its decoder starts anew.</summary>
    public void SetSourceCodec(int source, VideoCodec codec) =>
        _connection.TryPostCommand(LinkFrameType.SourceCodec, (byte)source, [(byte)codec]);

    /// <summary>Another room joins; it has a tile from the next picture on.</summary>
    public void AddSource(MixerSourceSpec source) =>
        PostJson(LinkFrameType.AddSource, source.Index, source, LinkJson.Default.MixerSourceSpec);

    /// <summary>A room leaves; its tile goes to the others.</summary>
    public void RemoveSource(int source) => _connection.TryPostCommand(LinkFrameType.RemoveSource, (byte)source);

    public void AddOutput(MixerOutputSpec output) =>
        PostJson(LinkFrameType.AddOutput, output.Index, output, LinkJson.Default.MixerOutputSpec);

    public void RemoveOutput(int output) => _connection.TryPostCommand(LinkFrameType.RemoveOutput, (byte)output);

    /// <summary>Sets the bit rate of a video output from its next picture on.</summary>
    public void SetOutputBitrate(int output, int kbps)
    {
        Span<byte> payload = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)kbps);
        _connection.TryPostCommand(LinkFrameType.OutputBitrate, (byte)output, payload);
    }

    /// <summary>
    /// Makes a picture at every <paramref name="step"/>-th tick of the canvas clock (1–4) from its next one on; the clock goes on as
    /// it was.
    /// </summary>
    public void SetCanvasStep(int step) => _connection.TryPostCommand(LinkFrameType.CanvasStep, payload: [(byte)step]);

    /// <summary>
    /// Ends the worker: asks it to, and kills it when it has not ended after <see
    /// cref="MixerWorkerOptions.StopTimeout"/>. A callback of the <see cref="IMixerOutput"/> may start this but must
    /// not wait for it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        Interlocked.CompareExchange(ref _cause, new MixerExit(MixerExitKind.Stopped, "stopped by the relay"), null);
        _connection.TryPostCommand(LinkFrameType.Stop);
        await Task.WhenAny(_running, Task.Delay(_options.StopTimeout));
        await _connection.CloseAsync(TimeSpan.Zero);
        await _running;
        _connection.Dispose();
        _process.Dispose();
    }

    bool ILinkHandler.Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case LinkFrameType.OutputRtp when payload.Length <= LinkFrame.MaxRtpLength:
                _output?.OnRtp(stream, payload);
                return true;
            case LinkFrameType.OutputMapping when payload.Length == sizeof(uint) + sizeof(long):
                var capture = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(payload[sizeof(uint)..]));
                _output?.OnCaptureMapping(stream, BinaryPrimitives.ReadUInt32BigEndian(payload), ToWallTime(capture));
                return true;
            case LinkFrameType.SourceKeyFrame:
                _output?.OnKeyFrameNeeded(stream);
                return true;
            case LinkFrameType.Heartbeat when payload.Length == sizeof(uint):
                _silence = TimeSpan.Zero;
                _stalled = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload));
                return true;
            case LinkFrameType.Stats:
                return HandleStats(payload);
            case LinkFrameType.Hello:
                return payload.Length == sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(payload) == LinkFrame.Version;
            case LinkFrameType.Prepared:
                _prepared.TrySetResult();
                return true;
            case LinkFrameType.Started:
                _started.TrySetResult();
                return true;
            case LinkFrameType.Failed:
                Interlocked.CompareExchange(ref _cause, new MixerExit(MixerExitKind.Failed, Encoding.UTF8.GetString(payload)), null);
                return true;
            default:
                return false;
        }
    }

    string? ILinkHandler.Check(TimeSpan waited)
    {
        _silence += waited < LongestWait ? waited : LongestWait;
        _sinceBeat += waited;
        if (_sinceBeat >= HeartbeatInterval)
        {
            _sinceBeat = TimeSpan.Zero;
            _connection.TryPostCommand(LinkFrameType.Heartbeat);
        }

        var why = WhyHung();
        if (why is not null)
        {
            Interlocked.CompareExchange(ref _cause, new MixerExit(MixerExitKind.Hung, why), null);
        }

        return why;
    }

    private string? WhyHung()
    {
        // A worker that is new compiles all its code, the heartbeat's too.
        var isNew = !_prepared.Task.IsCompleted && !_started.Task.IsCompleted;
        var isSilent = _silence > (isNew ? _options.StarvedTimeout : _options.HeartbeatTimeout);
        if (!isSilent && _stalled <= _options.StallTimeout)
        {
            return null;
        }

        // Killing a worker that only waits for a core would make it wait longer, and all others too.
        if (_silence <= _options.StarvedTimeout && _stalled <= _options.StarvedTimeout && _process.HasRunnableThread())
        {
            return null;
        }

        return isSilent
            ? $"no heartbeat for {_silence.TotalMilliseconds:F0} ms"
            : $"one of its threads has stood still for {_stalled.TotalMilliseconds:F0} ms";
    }

    private void Run()
    {
        Span<byte> version = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(version, LinkFrame.Version);
        _connection.TryPostCommand(LinkFrameType.Hello, payload: version);
        _connection.StartSending();
        new Thread(Receive) { IsBackground = true, Name = "mixer link in" }.Start();
    }

    private async Task UntilAsync(Task done, string what, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            await Task.WhenAny(done, _exited.Task).WaitAsync(limit.Token);
            if (!done.IsCompleted)
            {
                var exit = await _running;
                throw new MixerStartException($"The mixer worker did not {what}: {exit.Detail}");
            }
        }
        catch (Exception failure)
        {
            await DisposeAsync();
            if (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw MixerStartException.TooLate(what, timeout, failure);
            }

            throw;
        }
    }

    private void Receive()
    {
        MixerExit exit;
        try
        {
            var problem = _connection.Receive(this);
            exit = _cause ?? (problem is null
                ? new MixerExit(MixerExitKind.Died, "the worker closed the link")
                : new MixerExit(MixerExitKind.ProtocolError, problem));
        }
        catch (Exception bug)
        {
            // The boundary of one session: an error in our own callback costs this mix, not the relay.
            exit = new MixerExit(MixerExitKind.ProtocolError, $"a callback of the link failed: {bug}");
        }

        // Told first, cleaned up afterwards: the rooms must fall back to their hosts at once.
        if (_started.Task.IsCompleted)
        {
            _output?.OnExited(exit);
        }

        _exited.TrySetResult(exit);
    }

    private async Task<MixerExit> CleanUpAsync()
    {
        var exit = await _exited.Task;
        var grace = exit.Kind is MixerExitKind.Stopped or MixerExitKind.Failed ? _options.StopTimeout : TimeSpan.FromMilliseconds(50);
        var code = await _process.EndAsync(grace);
        return exit with { Detail = $"{exit.Detail} (exit code {code})" };
    }

    private bool HandleStats(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, LinkJson.Default.MixerStats) is not { } stats)
            {
                return false;
            }

            _output?.OnStats(stats);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void PostJson<T>(LinkFrameType type, int stream, T value, JsonTypeInfo<T> info) =>
        _connection.TryPostCommand(type, (byte)stream, JsonSerializer.SerializeToUtf8Bytes(value, info));

    private Timestamp ToMonotonic(NtpTime capture) => MonotonicClock.Now + TimeSpan.FromTicks((capture - WallNow()) / 100);

    private NtpTime ToWallTime(Timestamp capture) => WallNow().AddNanoseconds(capture.Nanoseconds - MonotonicClock.Now.Nanoseconds);

    private NtpTime WallNow() =>
        NtpTime.FromUnixNanoseconds((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
}
