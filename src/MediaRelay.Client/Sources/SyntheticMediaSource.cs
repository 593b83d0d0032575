using MediaRelay.Client.Statistics;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// Pictures and sound of given rates without an encoder, each picture with a <see cref="TimeCode"/> at its end. H.264 is a picture of
/// one colour, filled up to its size with filler data (NAL unit type 12); Opus is silence, filled up with padding (RFC 6716 §3.2.5).
/// </summary>
public sealed class SyntheticMediaSource : IMediaSource
{
    private const byte FillerHeader = 0x0C;
    private const byte FillerByte = 0xFF;
    private const int FillerStart = 5;
    private const int Vp8KeyFrameHeaderLength = 10;
    private const int Vp8FrameTagLength = 3;
    private static readonly TimeSpan AudioInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LeastKeyFrameDistance = TimeSpan.FromMilliseconds(200);

    // A loop that was away this long does not catch up: what it would send then is no live picture.
    private static readonly TimeSpan MostLateness = TimeSpan.FromSeconds(1);

    private readonly SyntheticMediaOptions _options;
    private readonly H264TestPicture? _picture;
    private readonly byte[] _frame;
    private readonly byte[] _sound;
    private readonly int _keyFrameBytes;
    private readonly int _frameBytes;
    private Timestamp _start = Timestamp.Never;
    private long _nextPicture;
    private long _nextSound;
    private Timestamp _lastKeyFrame = Timestamp.Zero;
    private bool _isKeyFrameWanted = true;

    public SyntheticMediaSource(SyntheticMediaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FrameRate, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.KeyFrameScale, 1, nameof(options));
        _options = options;
        if (options.Video == VideoCodec.H264)
        {
            _picture = new H264TestPicture(options.Width, options.Height, options.Color);
        }

        // One key frame and N − 1 others share the bytes of N frames.
        var perInterval = Math.Max(1, (int)(options.KeyFrameInterval.TotalSeconds * options.FrameRate));
        var share = options.BitRate / 8.0 / options.FrameRate * perInterval / (perInterval - 1 + options.KeyFrameScale);
        _frameBytes = (int)share;
        _keyFrameBytes = (int)(share * options.KeyFrameScale);
        _frame = new byte[Math.Max(_keyFrameBytes, _picture?.MaxLength ?? 0) + FillerStart + TimeCode.Length + Vp8KeyFrameHeaderLength];
        _sound = WriteSilence(options.AudioBitRate / 8 / 50);
    }

    public VideoCodec? Video => _options.Video;

    public bool HasAudio => _options.HasAudio;

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
        var number = _nextPicture++;
        var isKeyFrame = _isKeyFrameWanted || at - _lastKeyFrame >= _options.KeyFrameInterval;
        if (isKeyFrame)
        {
            _isKeyFrameWanted = false;
            _lastKeyFrame = at;
        }

        var size = isKeyFrame ? _keyFrameBytes : _frameBytes;
        var length = _picture is null ? WriteVp8(isKeyFrame, size) : WriteH264(isKeyFrame, size);

        Lateness.Record(now - at);

        // Not when it was due but when it is made: how late our own loop is does not belong to what is measured.
        TimeCode.Write(_frame.AsSpan(length - TimeCode.Length), now, (uint)number);
        return new MediaFrame(MediaKind.Video, _frame.AsMemory(0, length), PictureTime(number), at, isKeyFrame);
    }

    private int WriteH264(bool isKeyFrame, int size)
    {
        var length = _picture!.Write(_frame, isKeyFrame);
        ReadOnlySpan<byte> header = [0, 0, 0, 1, FillerHeader];
        header.CopyTo(_frame.AsSpan(length));
        length += FillerStart;
        var filler = Math.Max(size - length, TimeCode.Length);
        _frame.AsSpan(length, filler).Fill(FillerByte);
        return length + filler;
    }

    // The frame tag (RFC 6386 §9.1): key frame bit inverted, version 0, shown, size of the first partition.
    private int WriteVp8(bool isKeyFrame, int size)
    {
        var header = isKeyFrame ? Vp8KeyFrameHeaderLength : Vp8FrameTagLength;
        var length = Math.Max(size, header + TimeCode.Length);
        var firstPartition = Math.Min(length - header, (1 << 19) - 1);
        var tag = (isKeyFrame ? 0 : 1) | (1 << 4) | (firstPartition << 5);
        _frame.AsSpan(0, length).Fill(FillerByte);
        _frame[0] = (byte)tag;
        _frame[1] = (byte)(tag >> 8);
        _frame[2] = (byte)(tag >> 16);
        if (isKeyFrame)
        {
            ReadOnlySpan<byte> start =
            [
                0x9D, 0x01, 0x2A, (byte)_options.Width, (byte)(_options.Width >> 8), (byte)_options.Height, (byte)(_options.Height >> 8),
            ];
            start.CopyTo(_frame.AsSpan(Vp8FrameTagLength));
        }

        return length;
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
