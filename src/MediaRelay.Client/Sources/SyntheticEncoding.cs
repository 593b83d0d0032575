using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// Writes the pictures of one encoding at its size and bit rate: H.264 is a picture of one colour, filled up with filler data (NAL unit
/// type 12); VP8 has a true header and nothing behind it. Each ends with its <see cref="TimeCode"/>.
/// </summary>
internal sealed class SyntheticEncoding
{
    private const byte FillerHeader = 0x0C;
    private const byte FillerByte = 0xFF;
    private const int FillerStart = 5;
    private const int Vp8KeyFrameHeaderLength = 10;
    private const int Vp8FrameTagLength = 3;

    private readonly int _width;
    private readonly int _height;
    private readonly H264TestPicture? _picture;
    private readonly byte[] _frame;
    private readonly int _keyFrameBytes;
    private readonly int _frameBytes;

    public SyntheticEncoding(SyntheticMediaOptions options, int width, int height, int bitRate)
    {
        _width = width;
        _height = height;
        if (options.Video == VideoCodec.H264)
        {
            _picture = new H264TestPicture(width, height, options.Color);
        }

        // One key frame and N − 1 others share the bytes of N frames.
        var perInterval = Math.Max(1, (int)(options.KeyFrameInterval.TotalSeconds * options.FrameRate));
        var share = bitRate / 8.0 / options.FrameRate * perInterval / (perInterval - 1 + options.KeyFrameScale);
        _frameBytes = (int)share;
        _keyFrameBytes = (int)(share * options.KeyFrameScale);
        _frame = new byte[Math.Max(_keyFrameBytes, _picture?.MaxLength ?? 0) + FillerStart + TimeCode.Length + Vp8KeyFrameHeaderLength];
    }

    /// <summary>Writes the next picture; what is returned is written over by the one after.</summary>
    public ReadOnlyMemory<byte> Write(Timestamp madeAt, uint number, bool isKeyFrame)
    {
        var size = isKeyFrame ? _keyFrameBytes : _frameBytes;
        var length = _picture is null ? WriteVp8(isKeyFrame, size) : WriteH264(isKeyFrame, size);
        TimeCode.Write(_frame.AsSpan(length - TimeCode.Length), madeAt, number);
        return _frame.AsMemory(0, length);
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
            ReadOnlySpan<byte> start = [0x9D, 0x01, 0x2A, (byte)_width, (byte)(_width >> 8), (byte)_height, (byte)(_height >> 8)];
            start.CopyTo(_frame.AsSpan(Vp8FrameTagLength));
        }

        return length;
    }
}
