using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Sources;

/// <summary>
/// Writes the pictures of one encoding at its size and bit rate: H.264 is a picture of one colour, filled up with user data (NAL unit
/// type 6); VP8 has a true header and nothing behind it. Each ends with its <see cref="TimeCode"/>.
/// </summary>
internal sealed class SyntheticEncoding
{
    private const byte FillerHeader = 0x0C;
    private const byte FillerByte = 0xFF;
    private const byte SupplementalHeader = 0x06;
    private const byte UserData = 5;
    private const int UuidLength = 16;
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

    // Parameter sets, filling (supplemental information, so that it may stand before the slice), slice, time code. So the packets of a
    // picture are equally long but for the last, as those of an encoder's slice.
    private int WriteH264(bool isKeyFrame, int size)
    {
        var length = 0;
        if (isKeyFrame)
        {
            _picture!.ParameterSets.CopyTo(_frame);
            length = _picture.ParameterSets.Length;
        }

        var slice = _picture!.SliceLength(isKeyFrame);
        length += WriteFilling(_frame.AsSpan(length), size - length - slice - FillerStart - TimeCode.Length);
        length += _picture.WriteSlice(_frame.AsSpan(length), isKeyFrame);
        ReadOnlySpan<byte> header = [0, 0, 0, 1, FillerHeader];
        header.CopyTo(_frame.AsSpan(length));
        return length + FillerStart + TimeCode.Length;
    }

    // User data (Annex D.1.7): type 5, the size in bytes of 255 and a rest, a UUID of ours and what fills it up, the stop bit.
    private static int WriteFilling(Span<byte> destination, int size)
    {
        ReadOnlySpan<byte> header = [0, 0, 0, 1, SupplementalHeader, UserData];
        var payload = size - header.Length - 1;
        payload -= (payload / 256) + 1;
        if (payload < UuidLength)
        {
            return 0;
        }

        header.CopyTo(destination);
        var length = header.Length;
        var rest = payload;
        for (; rest >= 255; rest -= 255)
        {
            destination[length++] = 255;
        }

        destination[length++] = (byte)rest;
        destination.Slice(length, payload).Fill(FillerByte);
        length += payload;
        destination[length++] = 0x80;
        return length;
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
