using MediaRelay.Client.Statistics;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// Pictures and sound of given rates without an encoder, pictures in one or several encodings (<see cref="SyntheticEncoding"/>); Opus is
/// silence, filled up with padding (RFC 6716 §3.2.5).
/// </summary>
public sealed class SyntheticMediaSource : IMediaSource
{
    private static readonly TimeSpan AudioInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LeastKeyFrameDistance = TimeSpan.FromMilliseconds(200);

    // A loop that was away this long does not catch up: what it would send then is no live picture.
    private static readonly TimeSpan MostLateness = TimeSpan.FromSeconds(1);

    private readonly SyntheticMediaOptions _options;
    private readonly SyntheticEncoding[] _encodings;
    private readonly byte[] _sound;
    private Timestamp _start = Timestamp.Never;
    private long _nextPicture;
    private long _nextSound;
    private Timestamp _lastKeyFrame = Timestamp.Zero;
    private bool _isKeyFrameWanted = true;

    // The encoding of the current picture that is read next, and whether it is a key frame, in all of them.
    private int _layer;
    private bool _isKeyFrame;
    private Timestamp _madeAt;

    public SyntheticMediaSource(SyntheticMediaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FrameRate, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.KeyFrameScale, 1, nameof(options));
        _options = options;
        Rids = [.. options.Layers.Select(layer => layer.Rid)];
        _encodings = options.Video is null ? []
            : options.Layers.Count == 0 ? [new SyntheticEncoding(options, options.Width, options.Height, options.BitRate)]
            : [.. options.Layers.Select(layer => new SyntheticEncoding(options, layer.Width, layer.Height, layer.BitRate))];
        _sound = WriteSilence(options.AudioBitRate / 8 / 50);
    }

    public VideoCodec? Video => _options.Video;

    public bool HasAudio => _options.HasAudio;

    public IReadOnlyList<string> Rids { get; }

    /// <summary>Pictures left out because the loop was late.</summary>
    public long Skipped { get; private set; }

    /// <summary>How much later than due pictures were made; any thread.</summary>
    public LatencyHistogram Lateness { get; } = new();

    public Timestamp NextFrame => Timestamp.Min(NextPictureAt, NextSoundAt);

    private Timestamp NextPictureAt => _options.Video is null ? Timestamp.Never : _start + PictureTime(_nextPicture);

    private Timestamp NextSoundAt => _options.HasAudio ? _start + (AudioInterval * _nextSound) : Timestamp.Never;

    public void Start(Timestamp now, Action wake) => _start = now;

    public void RequestKeyFrame(Timestamp now)
    {
        if (now - _lastKeyFrame >= LeastKeyFrameDistance)
        {
            _isKeyFrameWanted = true;
        }
    }

    public bool TryRead(Timestamp now, out MediaFrame frame)
    {
        SkipMissed(now);
        var (picture, sound) = (NextPictureAt, NextSoundAt);
        if (Timestamp.Min(picture, sound) > now)
        {
            frame = default;
            return false;
        }

        frame = sound <= picture ? ReadSound(sound) : ReadPicture(now, picture);
        return true;
    }

    public void Dispose()
    {
        // Nothing but memory.
    }

    private TimeSpan PictureTime(long number) => TimeSpan.FromTicks(number * TimeSpan.TicksPerSecond / _options.FrameRate);

    private void SkipMissed(Timestamp now)
    {
        if (_start == Timestamp.Never || now - NextFrame < MostLateness)
        {
            return;
        }

        var pictures = (long)((now - _start).TotalSeconds * _options.FrameRate);
        Skipped += Math.Max(0, pictures - _nextPicture);
        _layer = 0;
        _nextPicture = Math.Max(_nextPicture, pictures);
        _nextSound = Math.Max(_nextSound, (now - _start).Ticks / AudioInterval.Ticks);
        _isKeyFrameWanted = true;
    }

    private MediaFrame ReadSound(Timestamp at)
    {
        var time = AudioInterval * _nextSound++;
        return new MediaFrame(MediaKind.Audio, _sound, time, at, IsKeyFrame: true);
    }

    private MediaFrame ReadPicture(Timestamp now, Timestamp at)
    {
        if (_layer == 0)
        {
            BeginPicture(now, at);
        }

        var layer = _layer;
        var number = _nextPicture;
        var data = _encodings[layer].Write(_madeAt, (uint)number, _isKeyFrame);
        _layer = (layer + 1) % _encodings.Length;
        _nextPicture += _layer == 0 ? 1 : 0;
        return new MediaFrame(MediaKind.Video, data, PictureTime(number), at, _isKeyFrame, layer);
    }

    private void BeginPicture(Timestamp now, Timestamp at)
    {
        _isKeyFrame = _isKeyFrameWanted || at - _lastKeyFrame >= _options.KeyFrameInterval;
        if (_isKeyFrame)
        {
            _isKeyFrameWanted = false;
            _lastKeyFrame = at;
        }

        // Not when it was due but when it is made: how late our own loop is does not belong to what is measured.
        _madeAt = now;
        Lateness.Record(now - at);
    }

    // A packet of one frame of silence with padding: table of contents (CELT, full band, 20 ms, mono, code 3), frame count with the
    // padding bit, padding length in bytes of 254 and a rest, the frame, the padding.
    private static byte[] WriteSilence(int length)
    {
        var silence = OpusPayload.Silence;
        var padding = length - silence.Length - 2;
        if (padding < 1)
        {
            return silence.ToArray();
        }

        var packet = new List<byte> { (byte)(silence[0] | 3), 0x41 };
        for (; padding > 254; padding -= 255)
        {
            packet.Add(255);
        }

        packet.Add((byte)padding);
        packet.AddRange(silence[1..]);
        packet.AddRange(new byte[Math.Max(0, length - packet.Count)]);
        return [.. packet];
    }
}
