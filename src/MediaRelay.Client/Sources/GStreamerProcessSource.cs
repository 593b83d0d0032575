using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport;

namespace MediaRelay.Client.Sources;

/// <summary>
/// Real H.264 and Opus from a GStreamer pipeline in a process of its own (<c>gst-launch-1.0</c>), which writes RTP packets to its
/// output (RFC 4571). Key frames come every second; over a pipe they cannot be asked for.
/// </summary>
public sealed class GStreamerProcessSource : IMediaSource
{
    private const string Launcher = "gst-launch-1.0";
    private const byte VideoPayloadType = 96;
    private const byte AudioPayloadType = 97;
    private const int VideoClockRate = 90_000;

    // About two seconds: what waits longer is no live picture, and the process must not be made to wait.
    private const int MaxWaiting = 160;
    private const int MaxErrorLines = 20;

    private readonly Process _process;
    private readonly LoopClock _clock;
    private readonly Thread _reader;
    private readonly ConcurrentQueue<MediaFrame> _frames = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly VideoDepacketizer _depacketizer = VideoDepacketizer.Create(VideoCodec.H264);
    private readonly TimestampUnwrapper _videoTime = new();
    private readonly TimestampUnwrapper _audioTime = new();
    private readonly Lock _disposal = new();
    private Action? _wake;
    private Timestamp? _epoch;
    private long _dropped;
    private bool _isDisposed;

    private GStreamerProcessSource(Process process, LoopClock clock)
    {
        _process = process;
        _clock = clock;
        _reader = new Thread(Read) { Name = "gstreamer-source", IsBackground = true };
        _process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        _process.BeginErrorReadLine();
        _reader.Start();
    }

    public VideoCodec? Video => VideoCodec.H264;

    public bool HasAudio => true;

    /// <summary>Only the wake-up tells.</summary>
    public Timestamp NextFrame => _frames.IsEmpty ? Timestamp.Never : Timestamp.Zero;

    /// <summary>Done when the pipeline has ended, with what it said last; any thread.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Frames thrown away because nobody read them in time; any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Starts the pipeline. False when GStreamer's launcher is not there; a missing element or font shows in <see cref="Ended"/>.
    /// </summary>
    public static bool TryStart(
        GStreamerOptions options,
        LoopClock clock,
        [NotNullWhen(true)] out GStreamerProcessSource? source,
        [NotNullWhen(false)] out string? problem)
    {
        var start = new ProcessStartInfo(Launcher, Pipeline(options))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            var process = Process.Start(start) ?? throw new UnreachableException("a new process was asked for");
            source = new GStreamerProcessSource(process, clock);
            problem = null;
            return true;
        }
        catch (Win32Exception e)
        {
            source = null;
            problem = $"{Launcher} cannot be started: {e.Message}";
            return false;
        }
    }

    public void Start(Timestamp now, Action wake)
    {
        // What was made before the host was connected is old.
        _frames.Clear();
        Volatile.Write(ref _wake, wake);
    }

    public bool TryRead(Timestamp now, out MediaFrame frame) => _frames.TryDequeue(out frame);

    public void RequestKeyFrame(Timestamp now)
    {
        // The next one is at most a second away (key-int-max below).
    }

    public void Dispose()
    {
        lock (_disposal)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _reader.Join();
        _process.Dispose();
    }

    // One packet per NAL unit as far as 16 bits of length allow; both payloaders count from the pipeline's own start, so that
    // sound and picture share one timeline.
    private static string[] Pipeline(GStreamerOptions options) =>
    [
        "-q", "funnel", "name=out", "!", "fdsink", "fd=1", "sync=false",
        "videotestsrc", "is-live=true", $"pattern={options.Pattern}",
        $"foreground-color={options.Foreground}", $"background-color={options.Background}",
        "!", $"video/x-raw,width={options.Width},height={options.Height},framerate={options.FrameRate}/1",

        // In the middle, where a co-hosted picture that is cropped to its half still shows it.
        "!", "textoverlay", $"text={options.Title}", "valignment=center", "halignment=center", $"font-desc=Sans Bold {FontSize(options)}",
        "!", "clockoverlay", "valignment=position", "ypos=0.58", "halignment=center", "time-format=%H:%M:%S", $"font-desc=Sans {FontSize(options) / 2}",
        "!", "videoconvert",
        "!", "x264enc", "tune=zerolatency", "speed-preset=superfast", "bframes=0", "threads=1",
        $"bitrate={options.BitRate / 1000}", $"key-int-max={options.FrameRate}",
        "!", "video/x-h264,profile=constrained-baseline,stream-format=byte-stream",
        "!", "rtph264pay", "config-interval=-1", $"pt={VideoPayloadType}", "timestamp-offset=0", "mtu=60000",
        "!", "rtpstreampay", "!", "out.",
        "audiotestsrc", "is-live=true", $"wave={options.Wave}", $"freq={options.Tone}", "volume=0.2", "samplesperbuffer=960",
        "!", "audio/x-raw,rate=48000,channels=2",
        "!", "opusenc", "bitrate=64000", "frame-size=20",
        "!", "rtpopuspay", $"pt={AudioPayloadType}", "timestamp-offset=0",
        "!", "rtpstreampay", "!", "out.",
    ];

    private static int FontSize(GStreamerOptions options) => Math.Max(12, options.Width / 18);

    private void Read()
    {
        var reader = new RtpStreamReader(_process.StandardOutput.BaseStream);
        while (reader.TryRead(out var bytes))
        {
            if (RtpPacket.TryParse(bytes, out var packet))
            {
                Take(packet);
            }
        }

        // The errors' reader ends with the process.
        _process.WaitForExit();
        _ended.TrySetResult(_errors.IsEmpty ? "the pipeline has ended" : string.Join(' ', _errors));
    }

    private void Take(in RtpPacket packet)
    {
        if (packet.PayloadType.Value == AudioPayloadType)
        {
            var ticks = _audioTime.Unwrap(packet.Timestamp);
            Enqueue(MediaKind.Audio, packet.Payload, ticks, OpusPayload.ClockRate, isKeyFrame: true);
        }
        else if (packet.PayloadType.Value == VideoPayloadType && _depacketizer.TryPush(packet, out var frame, out _))
        {
            Enqueue(MediaKind.Video, frame.Data.Span, _videoTime.Unwrap(frame.Timestamp), VideoClockRate, frame.IsKeyFrame);
        }
    }

    private void Enqueue(MediaKind kind, ReadOnlySpan<byte> data, long ticks, int clockRate, bool isKeyFrame)
    {
        var time = TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / clockRate);

        // The frame that came through fastest says best when the timeline began.
        var epoch = _clock.Now - time;
        _epoch = _epoch is { } known ? Timestamp.Min(known, epoch) : epoch;
        if (_frames.Count >= MaxWaiting)
        {
            _frames.TryDequeue(out _);
            Interlocked.Increment(ref _dropped);
        }

        _frames.Enqueue(new MediaFrame(kind, data.ToArray(), time, _epoch.Value + time, isKeyFrame));
        Volatile.Read(ref _wake)?.Invoke();
    }

    private void KeepError(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        _errors.Enqueue(line);
        if (_errors.Count > MaxErrorLines)
        {
            _errors.TryDequeue(out _);
        }
    }
}
