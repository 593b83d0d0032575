using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// The VP8 payload descriptor (RFC 7741 §4.2). Fields that are not present are −1.
/// <code>
///     |X|R|N|S|R| PID | (required)
///  X: |I|L|T|K| RSV   |
///  I: |M| PictureID   |  with M: |   PictureID   |
///  L: |   TL0PICIDX   |
/// T/K:|TID|Y| KEYIDX  |
/// </code>
/// </summary>
public readonly record struct Vp8Descriptor
{
    private const byte ExtendedBit = 0x80;
    private const byte NonReferenceBit = 0x20;
    private const byte StartBit = 0x10;
    private const byte PictureIdBit = 0x80;
    private const byte Tl0PicIdxBit = 0x40;
    private const byte TidBit = 0x20;
    private const byte KeyIdxBit = 0x10;
    private const byte LongPictureIdBit = 0x80;

    public Vp8Descriptor()
    {
    }

    /// <summary>N: the frame can be dropped without harm to any other.</summary>
    public bool IsNonReference { get; private init; }

    /// <summary>S: the packet begins a VP8 partition.</summary>
    public bool IsPartitionStart { get; private init; }

    /// <summary>PID: the partition, 0–7.</summary>
    public int PartitionIndex { get; private init; }

    /// <summary>7 or 15 bits wide, see <see cref="HasLongPictureId"/>.</summary>
    public int PictureId { get; private init; } = -1;

    public bool HasLongPictureId { get; private init; }

    /// <summary>TL0PICIDX: counts the frames of temporal layer 0, 8 bits.</summary>
    public int Tl0PicIdx { get; private init; } = -1;

    /// <summary>TID: the temporal layer, 0–3.</summary>
    public int TemporalLayer { get; private init; } = -1;

    /// <summary>Y: the frame depends on layer 0 alone, so one may switch up at it.</summary>
    public bool IsLayerSync { get; private init; }

    /// <summary>KEYIDX: counts key frames, 5 bits.</summary>
    public int KeyIdx { get; private init; } = -1;

    /// <summary>Length of the descriptor, 1–6 bytes.</summary>
    public int Length { get; private init; }

    /// <summary>True for the first packet of any frame.</summary>
    public bool IsFrameStart => IsPartitionStart && PartitionIndex == 0;

    /// <summary>True for the first packet of a key frame.</summary>
    public bool IsKeyFrameStart { get; private init; }

    private int PictureIdOffset { get; init; }

    private int Tl0PicIdxOffset { get; init; }

    private int KeyIdxOffset { get; init; }

    /// <summary>
    /// Reads the descriptor in front of an RTP payload. False when it is cut short or no VP8 data follows it.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp8Descriptor descriptor)
    {
        descriptor = default;
        if (payload.Length < 2)
        {
            return false;
        }

        var first = payload[0];
        var length = 1;
        var extensions = (byte)0;
        if ((first & ExtendedBit) != 0)
        {
            extensions = payload[1];
            length = 2;
        }

        int pictureId = -1, tl0PicIdx = -1, temporalLayer = -1, keyIdx = -1;
        int pictureIdOffset = 0, tl0PicIdxOffset = 0, keyIdxOffset = 0;
        bool hasLongPictureId = false, isLayerSync = false;
        if ((extensions & PictureIdBit) != 0)
        {
            if (payload.Length < length + 2)
            {
                return false;
            }

            pictureIdOffset = length;
            hasLongPictureId = (payload[length] & LongPictureIdBit) != 0;
            pictureId = hasLongPictureId
                ? BinaryPrimitives.ReadUInt16BigEndian(payload[length..]) & 0x7FFF
                : payload[length];
            length += hasLongPictureId ? 2 : 1;
        }

        if ((extensions & Tl0PicIdxBit) != 0)
        {
            if (payload.Length <= length)
            {
                return false;
            }

            tl0PicIdxOffset = length;
            tl0PicIdx = payload[length++];
        }

        if ((extensions & (TidBit | KeyIdxBit)) != 0)
        {
            if (payload.Length <= length)
            {
                return false;
            }

            if ((extensions & TidBit) != 0)
            {
                temporalLayer = payload[length] >> 6;
                isLayerSync = (payload[length] & 0x20) != 0;
            }

            if ((extensions & KeyIdxBit) != 0)
            {
                keyIdxOffset = length;
                keyIdx = payload[length] & 0x1F;
            }

            length++;
        }

        if (payload.Length <= length)
        {
            return false;
        }

        var isPartitionStart = (first & StartBit) != 0;
        var partitionIndex = first & 0x07;
        descriptor = new Vp8Descriptor
        {
            IsNonReference = (first & NonReferenceBit) != 0,
            IsPartitionStart = isPartitionStart,
            PartitionIndex = partitionIndex,
            PictureId = pictureId,
            HasLongPictureId = hasLongPictureId,
            Tl0PicIdx = tl0PicIdx,
            TemporalLayer = temporalLayer,
            IsLayerSync = isLayerSync,
            KeyIdx = keyIdx,
            Length = length,
            PictureIdOffset = pictureIdOffset,
            Tl0PicIdxOffset = tl0PicIdxOffset,
            KeyIdxOffset = keyIdxOffset,
            IsKeyFrameStart = isPartitionStart && partitionIndex == 0 && Vp8Payload.IsKeyFrame(payload[length..]),
        };
        return true;
    }

    /// <summary>
    /// Writes other counters into a copy of the payload that this descriptor was read from. Each keeps its width (a
    /// picture id of 7 bits stays one) and takes the low bits of its argument; a field that is not present is left out.
    /// </summary>
    public void Rewrite(Span<byte> payload, int pictureId, int tl0PicIdx, int keyIdx)
    {
        if (PictureIdOffset > 0)
        {
            if (HasLongPictureId)
            {
                BinaryPrimitives.WriteUInt16BigEndian(payload[PictureIdOffset..], (ushort)(pictureId | 0x8000));
            }
            else
            {
                payload[PictureIdOffset] = (byte)(pictureId & 0x7F);
            }
        }

        if (Tl0PicIdxOffset > 0)
        {
            payload[Tl0PicIdxOffset] = (byte)tl0PicIdx;
        }

        if (KeyIdxOffset > 0)
        {
            payload[KeyIdxOffset] = (byte)((payload[KeyIdxOffset] & 0xE0) | (keyIdx & 0x1F));
        }
    }
}
