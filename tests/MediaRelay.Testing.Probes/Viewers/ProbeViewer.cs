using System.Collections.Concurrent;
using MediaRelay.Mixing.Codecs;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Transport;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>
/// Decodes what a viewer gets and keeps what it saw and heard, on a thread of its own. Fed by <see cref="WhepProbeObserver"/> or
/// <see cref="MixerProbeOutput"/>; judged by <see cref="Reports.ProbeAnalysis"/>. Members may be called from any thread.
/// </summary>
public sealed class ProbeViewer : IDisposable
{
    // Two minutes of picture and sound: what a run may last.
    private const int MaxPictures = 120 * 30;
    private const int MaxWaiting = 8_192;

    // Where a gap may end without a packet telling.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly LoopClock _clock;
    private readonly PictureTrack? _pictures;
    private readonly SoundTrack _sound;
    private readonly ConcurrentQueue<Item> _waiting = new();
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private readonly Lock _results = new();
    private readonly Thread _thread;
    private IReadOnlyList<ProbeScene> _scenes;
    private volatile bool _isStopping;
    private bool _isKeyFrameNeeded;
    private long _overruns;
    private long _longestStall;
    private Exception? _failure;

    /// <param name="codec">Of the picture; null for one who only listens.</param>
    /// <param name="sources">All sources that may be seen.</param>
    /// <param name="scenes">What is looked for at first.</param>
    /// <exception cref="CodecException">A decoder is missing.</exception>
    public ProbeViewer(
        string name, VideoCodec? codec, IReadOnlyList<ProbeSourceOptions> sources, IReadOnlyList<ProbeScene> scenes, LoopClock clock)
    {
        Name = name;
        Sources = sources;
        _clock = clock;
        _scenes = scenes;
        var pool = new PacketPool(capacity: 1_024);
        _sound = new SoundTrack(pool);
        _pictures = codec is { } known ? new PictureTrack(known, sources, pool, () => clock.Now) : null;
        _thread = new Thread(Run) { IsBackground = true, Name = $"probe viewer {name}" };
        _thread.Start();
    }

    public string Name { get; }

    public IReadOnlyList<ProbeSourceOptions> Sources { get; }

    public LoopClock Clock => _clock;

    /// <summary>What is looked for in pictures from now on.</summary>
    public IReadOnlyList<ProbeScene> Scenes
    {
        get => Volatile.Read(ref _scenes);
        set => Volatile.Write(ref _scenes, value);
    }

    /// <summary>Packets that were thrown away because decoding was too slow. Not 0: no figure of the run is worth anything.</summary>
    public long Overruns => Interlocked.Read(ref _overruns);

    /// <summary>Longest time that the viewer's thread came late to what it waited for: what the machine adds to the figures.</summary>
    public TimeSpan LongestStall => new(Interlocked.Read(ref _longestStall));

    /// <summary>Why it stopped by itself; null as long as it has not.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Pictures are passed over until a key frame comes.</summary>
    public bool IsKeyFrameNeeded => Volatile.Read(ref _isKeyFrameNeeded);

    /// <summary>The last decoded picture; null before the first.</summary>
    public SeenPicture? Latest
    {
        get
        {
            lock (_results)
            {
                return _pictures?.Pictures.Count > 0 ? _pictures.Pictures[^1] : null;
            }
        }
    }

    /// <summary>All decoded pictures, in their order.</summary>
    public IReadOnlyList<SeenPicture> Pictures
    {
        get
        {
            lock (_results)
            {
                return [.. _pictures?.Pictures ?? []];
            }
        }
    }

    /// <summary>Pictures that did not arrive whole.</summary>
    public long Lost => _pictures?.Lost ?? 0;

    /// <summary>Codes whose checksum was right and whose content cannot be. Stays 0, or the reader is wrong.</summary>
    public long Misread => _pictures?.Misread ?? 0;

    internal HeardSound Sound
    {
        get
        {
            lock (_results)
            {
                return _sound.Sound.Copy();
            }
        }
    }

    internal (CaptureMap Picture, CaptureMap Sound) Maps
    {
        get
        {
            lock (_results)
            {
                return ((_pictures?.Map ?? _sound.Map).Copy(), _sound.Map.Copy());
            }
        }
    }

    /// <summary>Takes a plain RTP packet; copies it.</summary>
    public void TakeRtp(bool isVideo, Timestamp arrival, ReadOnlySpan<byte> rtp)
    {
        if (_waiting.Count >= MaxWaiting)
        {
            Interlocked.Increment(ref _overruns);
            return;
        }

        _waiting.Enqueue(new Item(isVideo, arrival, rtp.ToArray(), default, default, null));
        _arrived.Set();
    }

    /// <summary>Takes what a sender report says: the media at the timestamp was captured at that wall time.</summary>
    public void TakeMapping(bool isVideo, RtpTimestamp timestamp, NtpTime capture)
    {
        _waiting.Enqueue(new Item(isVideo, _clock.Now, null, timestamp, capture, null));
        _arrived.Set();
    }

    /// <summary>Returns when everything that was taken before this call has been decoded, or the viewer failed.</summary>
    public void Drain()
    {
        using var done = new ManualResetEventSlim();
        _waiting.Enqueue(new Item(IsVideo: false, default, null, default, default, done));
        _arrived.Set();
        while (!done.Wait(LongestWait) && !_isStopping && Failure is null)
        {
            // Looks again whether there is still anybody who could answer.
        }
    }

    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        _arrived.Set();
        _thread.Join();
        _pictures?.Dispose();
        _sound.Dispose();
        _arrived.Dispose();
    }

    private void Run()
    {
        try
        {
            var next = Timestamp.Never;
            while (!_isStopping)
            {
                Wait(next);
                while (_waiting.TryDequeue(out var item))
                {
                    Take(item);
                    next = Advance();
                }

                next = Advance();
            }
        }
        catch (Exception failure) when (failure is CodecException or InvalidOperationException)
        {
            // The boundary of the thread: reports refuse a viewer that failed.
            Volatile.Write(ref _failure, failure);
        }
    }

    private void Wait(Timestamp next)
    {
        var now = _clock.Now;
        var wait = next == Timestamp.Never || next - now > LongestWait ? LongestWait : next - now;
        if (wait <= TimeSpan.Zero || _arrived.WaitOne(wait))
        {
            return;
        }

        var late = _clock.Now - now - wait;
        if (late.Ticks > Interlocked.Read(ref _longestStall))
        {
            Interlocked.Exchange(ref _longestStall, late.Ticks);
        }
    }

    private void Take(in Item item)
    {
        if (item.Drained is { } drained)
        {
            drained.Set();
        }
        else if (item.Rtp is null)
        {
            lock (_results)
            {
                TakeMapping(item);
            }
        }
        else if (RtpPacket.TryParse(item.Rtp, out var packet))
        {
            if (!item.IsVideo)
            {
                _sound.Take(item.At, packet);
            }
            else
            {
                _pictures?.NoteArrival(item.At);
                _pictures?.Take(item.At, packet);
            }
        }
    }

    private void TakeMapping(in Item item)
    {
        if (item.IsVideo)
        {
            _pictures?.TakeMapping(item.Timestamp, item.Capture);
        }
        else
        {
            _sound.TakeMapping(item.Timestamp, item.Capture);
        }
    }

    private Timestamp Advance()
    {
        var now = _clock.Now;
        var next = _sound.Advance(now, _results);
        if (_pictures is null)
        {
            return next;
        }

        next = Timestamp.Min(next, _pictures.Advance(now, Scenes, _results, out var isKeyFrameNeeded));
        Volatile.Write(ref _isKeyFrameNeeded, isKeyFrameNeeded);
        if (_pictures.Pictures.Count > MaxPictures)
        {
            throw new InvalidOperationException("A probe's run lasts two minutes at most.");
        }

        return next;
    }

    private readonly record struct Item(bool IsVideo, Timestamp At, byte[]? Rtp, RtpTimestamp Timestamp, NtpTime Capture, ManualResetEventSlim? Drained);
}
