namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Cuts encoded frames into RTP payloads of nearly equal length, so that a frame's packets can leave in one send call.
/// <see cref="Start"/> takes a frame, <see cref="TryNext"/> gives its payloads until false. It keeps a copy of the
/// frame in a buffer that it reuses. One thread at a time.
/// </summary>
public abstract class VideoPacketizer
{
    /// <summary>
    /// Bytes: within the 1,200 that pass every path, leaves room for header, extensions, RTX, SRTP tag and some
    /// padding.
    /// </summary>
    public const int DefaultMaxPayloadLength = 1_100;

    /// <summary>Below this a packet would carry more headers than media.</summary>
    public const int MinMaxPayloadLength = 16;

    private byte[] _frame = [];
    private int _length;

    private protected VideoPacketizer(int maxPayloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayloadLength, MinMaxPayloadLength);
        MaxPayloadLength = maxPayloadLength;
    }

    /// <summary>Longest payload in bytes.</summary>
    public int MaxPayloadLength { get; }

    private protected ReadOnlySpan<byte> Frame => _frame.AsSpan(0, _length);

    public static VideoPacketizer Create(VideoCodec codec, int maxPayloadLength = DefaultMaxPayloadLength) => codec switch
    {
        VideoCodec.H264 => new H264Packetizer(maxPayloadLength),
        VideoCodec.Vp8 => new Vp8Packetizer(maxPayloadLength),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "not a video codec"),
    };

    /// <summary>
    /// Takes a whole access unit as the encoder gives it: H.264 as byte stream (Annex B), or one VP8 frame. What is
    /// left of the frame before is dropped.
    /// </summary>
    public void Start(ReadOnlySpan<byte> frame, bool isKeyFrame)
    {
        if (frame.Length > _frame.Length)
        {
            _frame = GC.AllocateUninitializedArray<byte>(Math.Max(frame.Length, _frame.Length * 2));
        }

        frame.CopyTo(_frame);
        _length = frame.Length;
        Begin(isKeyFrame);
    }

    /// <summary>
    /// Writes the next payload; false when the frame has no more. <paramref name="isLast"/> is the RTP marker.
    /// <paramref name="destination"/> holds at least <see cref="MaxPayloadLength"/> bytes, else it throws.
    /// </summary>
    public bool TryNext(Span<byte> destination, out int length, out bool isLast)
    {
        if (destination.Length < MaxPayloadLength)
        {
            throw new ArgumentException("The destination is shorter than the longest payload.", nameof(destination));
        }

        length = WriteNext(destination[..MaxPayloadLength], out isLast);
        return length > 0;
    }

    private protected abstract void Begin(bool isKeyFrame);

    /// <summary>Writes the next payload and returns its length, 0 when there is none.</summary>
    private protected abstract int WriteNext(Span<byte> destination, out bool isLast);

    /// <summary>
    /// How long the next of equally long pieces is, when <paramref name="rest"/> bytes go into pieces of at most
    /// <paramref name="most"/>.
    /// </summary>
    private protected static int GetPieceLength(int rest, int most)
    {
        var pieces = (rest + most - 1) / most;
        return (rest + pieces - 1) / pieces;
    }
}
