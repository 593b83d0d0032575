using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// The relay's end of one co-host session's mixer: owns the worker process and the socket to it. All methods may be
/// called from any thread and never block; what comes back goes to the <see cref="IMixerOutput"/>.
/// </summary>
public sealed class MixerLink : ILinkHandler, IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(100);

    // RFC 3550 §5.1: the second byte's highest bit.
    private const byte RtpMarkerBit = 0x80;

    private readonly MixerWorkerOptions _options;
    private readonly IMixerOutput _output;
    private readonly WorkerProcess _process;
    private readonly LinkConnection _connection;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private Task<MixerExit> _running = Task.FromResult(new MixerExit(MixerExitKind.Stopped, "never started"));
    private Task _beating = Task.CompletedTask;
    private MixerExit? _cause;
    private long _lastHeartbeat;
    private bool _disposed;

    private MixerLink(MixerWorkerOptions options, IMixerOutput output, WorkerProcess process, Socket socket, TimeProvider time)
    {
        _options = options;
        _output = output;
        _process = process;
        _connection = new LinkConnection(socket, options.QueueBytes);
        _time = time;
    }

    /// <summary>The worker's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Packets that were not handed to the worker because it read too slowly.</summary>
    public long Dropped => _connection.Dropped;

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
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.StartTimeout);

        // Only this user may enter the directory, so nobody else can connect in the worker's place.
        var directory = Directory.CreateTempSubdirectory("mediarelay-mixer-");
        WorkerProcess? process = null;
        try
        {
            var path = Path.Combine(directory.FullName, "link");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            process = WorkerProcess.Start(options, ["run", path], readOutput: false, output.OnLog);
            var socket = await AcceptAsync(listener, process, limit.Token);
            var link = new MixerLink(options, output, process, socket, time);
            process = null;
            await link.BeginAsync(spec, limit.Token);
            return link;
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new MixerStartException($"The mixer worker did not start within {options.StartTimeout.TotalSeconds:F0} s.", late);
        }
        finally
        {
            if (process is not null)
            {
                await process.EndAsync(TimeSpan.Zero);
                process.Dispose();
            }

            directory.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Hands over one received RTP packet (plain, with its header, ≤ 1,984 bytes). Called on a relay loop: copies into
    /// a bounded queue; returns false when the packet was dropped because the queue is full or the worker gone.
    /// </summary>
    public bool TryPostRtp(int source, bool isVideo, ReadOnlySpan<byte> rtp)
    {
        if (rtp.Length > LinkFrame.MaxRtpLength)
        {
            return false;
        }

        Span<byte> arrival = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(arrival, MonotonicClock.Now.Nanoseconds);
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
        await _beating;
        _connection.Dispose();
        _process.Dispose();
        _ended.Dispose();
    }

    bool ILinkHandler.Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case LinkFrameType.OutputRtp when payload.Length <= LinkFrame.MaxRtpLength:
                _output.OnRtp(stream, payload);
                return true;
            case LinkFrameType.OutputMapping when payload.Length == sizeof(uint) + sizeof(long):
                var capture = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(payload[sizeof(uint)..]));
                _output.OnCaptureMapping(stream, BinaryPrimitives.ReadUInt32BigEndian(payload), ToWallTime(capture));
                return true;
            case LinkFrameType.SourceKeyFrame:
                _output.OnKeyFrameNeeded(stream);
                return true;
            case LinkFrameType.Heartbeat:
                Volatile.Write(ref _lastHeartbeat, MonotonicClock.Now.Nanoseconds);
                return true;
            case LinkFrameType.Stats:
                return HandleStats(payload);
            case LinkFrameType.Hello:
                return payload.Length == sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(payload) == LinkFrame.Version;
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

    private static async Task<Socket> AcceptAsync(Socket listener, WorkerProcess process, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var accepting = listener.AcceptAsync(either.Token).AsTask();
        var exiting = process.WaitForExitAsync(either.Token);
        var first = await Task.WhenAny(accepting, exiting);
        await either.CancelAsync();
        if (first == accepting)
        {
            return await accepting;
        }

        await exiting;
        throw new MixerStartException("The mixer worker ended before it connected; what it wrote to its standard error says why.");
    }

    private async Task BeginAsync(MixerSpec spec, CancellationToken cancellation)
    {
        _running = RunAsync();
        Span<byte> version = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(version, LinkFrame.Version);
        _connection.TryPostCommand(LinkFrameType.Hello, payload: version);
        PostJson(LinkFrameType.Start, 0, spec, LinkJson.Default.MixerSpec);
        try
        {
            await Task.WhenAny(_started.Task, _running).WaitAsync(cancellation);
            if (!_started.Task.IsCompleted)
            {
                var exit = await _running;
                throw new MixerStartException($"The mixer worker did not start: {exit.Detail}");
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }

        Volatile.Write(ref _lastHeartbeat, MonotonicClock.Now.Nanoseconds);
        _beating = BeatAsync();
    }

    private async Task<MixerExit> RunAsync()
    {
        MixerExit exit;
        try
        {
            var problem = await _connection.RunAsync(this);
            exit = _cause ?? (problem is null
                ? new MixerExit(MixerExitKind.Died, "the worker closed the link")
                : new MixerExit(MixerExitKind.ProtocolError, problem));
        }
        catch (Exception bug)
        {
            // The boundary of one session: an error in our own callback costs this mix, not the relay.
            exit = new MixerExit(MixerExitKind.ProtocolError, $"a callback of the link failed: {bug}");
        }

        await _ended.CancelAsync();

        // Told first, cleaned up afterwards: the rooms must fall back to their hosts at once.
        if (_started.Task.IsCompleted)
        {
            _output.OnExited(exit);
        }

        var grace = exit.Kind is MixerExitKind.Stopped or MixerExitKind.Failed ? _options.StopTimeout : TimeSpan.FromMilliseconds(50);
        var code = await _process.EndAsync(grace);
        return exit with { Detail = $"{exit.Detail} (exit code {code})" };
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(HeartbeatInterval);
        var lastTurn = MonotonicClock.Now;
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                _connection.TryPostCommand(LinkFrameType.Heartbeat);
                var now = MonotonicClock.Now;
                var silence = now - new Timestamp(Volatile.Read(ref _lastHeartbeat));

                // When this process itself stood still, the heartbeats may wait unread: judge at the next turn.
                var stalled = now - lastTurn > 2 * HeartbeatInterval;
                lastTurn = now;
                if (silence > _options.HeartbeatTimeout && !stalled)
                {
                    Interlocked.CompareExchange(
                        ref _cause, new MixerExit(MixerExitKind.Hung, $"no heartbeat for {silence.TotalMilliseconds:F0} ms"), null);
                    await _connection.CloseAsync(TimeSpan.Zero);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The link ended.
        }
    }

    private bool HandleStats(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, LinkJson.Default.MixerStats) is not { } stats)
            {
                return false;
            }

            _output.OnStats(stats);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void PostJson<T>(LinkFrameType type, int stream, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> info) =>
        _connection.TryPostCommand(type, (byte)stream, JsonSerializer.SerializeToUtf8Bytes(value, info));

    private Timestamp ToMonotonic(NtpTime capture) => MonotonicClock.Now + TimeSpan.FromTicks((capture - WallNow()) / 100);

    private NtpTime ToWallTime(Timestamp capture) => WallNow().AddNanoseconds(capture.Nanoseconds - MonotonicClock.Now.Nanoseconds);

    private NtpTime WallNow() =>
        NtpTime.FromUnixNanoseconds((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
}
