using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// The worker's end of the link: does what the relay says, tells that it is alive, and ends when the relay does, so
/// that no worker is ever left behind.
/// </summary>
internal sealed class WorkerHost : ILinkHandler
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>The process's name until it has a session.</summary>
    private const string SpareName = "mix-spare";

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StatsInterval = TimeSpan.FromSeconds(1);

    // The socket closes when the relay dies. This is for a relay that stands still for good.
    private static readonly TimeSpan RelayTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200);

    private readonly LinkConnection _link;
    private readonly int _nice;
    private readonly Random _random = new();
    private volatile MixSession? _session;
    private TimeSpan _silence;
    private string? _problem;

    private WorkerHost(LinkConnection link, int nice)
    {
        _link = link;
        _nice = nice;
    }

    /// <summary>
    /// Connects to the relay's socket at <paramref name="path"/> and mixes until it closes; blocks meanwhile. Threads that mix give
    /// way by <paramref name="nice"/>, those that keep up the link do not. Returns the exit code.
    /// </summary>
    public static int Run(string path, int nice, CancellationToken cancellation)
    {
        ThreadPlacement.SetProcessName(SpareName);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        using var link = new LinkConnection(socket);
        return new WorkerHost(link, nice).Run(cancellation);
    }

    bool ILinkHandler.Handle(LinkFrameType type, byte stream, ReadOnlySpan<byte> payload)
    {
        _silence = TimeSpan.Zero;
        switch (type)
        {
            case LinkFrameType.SourceVideo or LinkFrameType.SourceAudio when payload.Length > sizeof(long):
                var arrival = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(payload));
                _session?.OnRtp(stream, type == LinkFrameType.SourceVideo, arrival, payload[sizeof(long)..]);
                return true;
            case LinkFrameType.VideoMapping or LinkFrameType.AudioMapping when payload.Length == sizeof(uint) + sizeof(long):
                var timestamp = new RtpTimestamp(BinaryPrimitives.ReadUInt32BigEndian(payload));
                var capture = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(payload[sizeof(uint)..]));
                _session?.OnMapping(stream, type == LinkFrameType.VideoMapping, timestamp, capture);
                return true;
            case LinkFrameType.Heartbeat:
                return true;
            case LinkFrameType.OutputKeyFrame:
                _session?.RequestKeyFrame(stream);
                return true;
            case LinkFrameType.OutputBitrate when payload.Length == sizeof(uint):
                _session?.SetBitrate(stream, (int)BinaryPrimitives.ReadUInt32BigEndian(payload));
                return true;
            case LinkFrameType.SourceCodec when payload.Length == 1 && payload[0] <= (byte)VideoCodec.Vp8:
                _session?.SetSourceCodec(stream, (VideoCodec)payload[0]);
                return true;
            case LinkFrameType.Layout:
                return TryRead(payload, LinkJson.Default.LayoutChange, change => _session?.SetLayout(change));
            case LinkFrameType.AddSource:
                return TryRead(payload, LinkJson.Default.MixerSourceSpec, spec => TryChange(() => _session?.AddSource(spec)));
            case LinkFrameType.RemoveSource:
                _session?.RemoveSource(stream);
                return true;
            case LinkFrameType.AddOutput:
                return TryRead(payload, LinkJson.Default.MixerOutputSpec, spec => TryChange(() => _session?.AddOutput(spec)));
            case LinkFrameType.RemoveOutput:
                _session?.RemoveOutput(stream);
                return true;
            case LinkFrameType.Hello:
                return payload.Length == sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(payload) == LinkFrame.Version;
            case LinkFrameType.CanvasStep when payload.Length == 1 && payload[0] is >= 1 and <= CanvasLoop.MaxStep:
                _session?.SetCanvasStep(payload[0]);
                return true;
            case LinkFrameType.Prepare when _session is null:
                return TryRead(payload, LinkJson.Default.CodecElements, Prepare);
            case LinkFrameType.Start when _session is null:
                return TryRead(payload, LinkJson.Default.MixerSpec, Start);
            case LinkFrameType.Stop:
                End(problem: null);
                return true;
            default:
                return false;
        }
    }

    string? ILinkHandler.Check(TimeSpan waited)
    {
        // Of a longer wait only a part counts: this process, or the whole machine, stood still.
        _silence += waited < LongestWait ? waited : LongestWait;
        return _silence > RelayTimeout ? "nothing heard from the relay" : null;
    }

    private static bool TryRead<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> info, Action<T> use)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, info) is not { } value)
            {
                return false;
            }

            use(value);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private int Run(CancellationToken cancellation)
    {
        // Ctrl+C and a service manager signal the whole process group. The relay drains first and closes the link when
        // it is done.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        PostHello();
        using var stopping = cancellation.Register(() => End(problem: null));

        // A thread, not a timer of the thread pool: heartbeats must not depend on how busy that is. It and the one that sends are
        // started before this thread, from which all others come, lowers its priority.
        using var ended = new CancellationTokenSource();
        var heart = new Thread(() => Beat(ended.Token)) { IsBackground = true, Name = "heartbeat", Priority = ThreadPriority.Highest };
        _link.StartSending();
        heart.Start();
        ThreadPlacement.SetNice(_nice);
        ThreadPlacement.SetSessionNice(_nice);
        var problem = _link.Receive(this);
        ended.Cancel();
        heart.Join();
        _session?.Dispose();
        if ((_problem ?? problem) is not { } reason)
        {
            return Success;
        }

        Console.Error.WriteLine(reason);
        return Failure;
    }

    // Beside the reading thread, which may hear that the session begins or that all is over.
    private void Prepare(CodecElements elements) => new Thread(() =>
    {
        ThreadPlacement.SetNice(ThreadPlacement.LowestNice);
        ThreadPlacement.SetSessionNice(ThreadPlacement.LowestNice);
        if (CodecProbe.Run(elements.Required()).Problem is { } missing)
        {
            End(missing);
            return;
        }

        try
        {
            Rehearsal.Run(elements);
        }
        catch (CodecException problem)
        {
            // A hardware encoder may be taken by the sessions that run. What is loaded is loaded; the session will tell.
            Console.Error.WriteLine($"the rehearsal was cut short: {problem.Message}");
        }

        _link.TryPostCommand(LinkFrameType.Prepared);
    }) { IsBackground = true, Name = "prepare" }.Start();

    private void Start(MixerSpec spec)
    {
        ThreadPlacement.SetSessionNice(_nice);
        var support = CodecProbe.Run(spec.Elements.Required());
        if (support.Problem is { } missing)
        {
            End(missing);
            return;
        }

        ThreadPlacement.SetProcessName($"mix {spec.CoHostId}");
        TryChange(() =>
        {
            var session = new MixSession(spec, _link, _random, failure => End(failure is CodecException ? failure.Message : failure.ToString()));
            try
            {
                session.Start();
            }
            catch
            {
                session.Dispose();
                throw;
            }

            _session = session;
            _link.TryPostCommand(LinkFrameType.Started);
        });
    }

    // An encoder that cannot be opened ends the worker, with the reason; the relay decides what becomes of the session.
    private void TryChange(Action change)
    {
        try
        {
            change();
        }
        catch (CodecException problem)
        {
            End(problem.Message);
        }
    }

    private void PostHello()
    {
        Span<byte> version = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(version, LinkFrame.Version);
        _link.TryPostCommand(LinkFrameType.Hello, payload: version);
    }

    // Closing waits for the queue, so it is not done on the task or thread that calls.
    private void End(string? problem)
    {
        if (problem is not null && Interlocked.CompareExchange(ref _problem, problem, null) is null)
        {
            var text = Encoding.UTF8.GetBytes(problem);
            _link.TryPostCommand(LinkFrameType.Failed, payload: text.AsSpan(0, Math.Min(text.Length, LinkFrame.MaxPayloadLength)));
        }

        _ = _link.CloseAsync(LastWords);
    }

    private void Beat(CancellationToken stop)
    {
        Span<byte> stalledFor = stackalloc byte[sizeof(uint)];
        var nextStats = MonotonicClock.Now + StatsInterval;
        var live = 0;
        do
        {
            var now = MonotonicClock.Now;
            var session = _session;
            BinaryPrimitives.WriteUInt32BigEndian(stalledFor, (uint)(session?.StalledFor(now).TotalMilliseconds ?? 0));
            _link.TryPostCommand(LinkFrameType.Heartbeat, payload: stalledFor);
            if (session is null)
            {
                continue;
            }

            var liveBefore = live;
            live = session.LiveSources;

            // Told at once too: the relay shows the mix when it has the hosts in it.
            if (now >= nextStats || live != liveBefore)
            {
                nextStats = now + StatsInterval;
                _link.TryPostCommand(
                    LinkFrameType.Stats, payload: JsonSerializer.SerializeToUtf8Bytes(session.GetStats(), LinkJson.Default.MixerStats));
            }
        }
        while (!stop.WaitHandle.WaitOne(HeartbeatInterval));
    }
}
