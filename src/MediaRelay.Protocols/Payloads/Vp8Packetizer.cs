using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// VP8 frames to RTP payloads (RFC 7741 §4.2) with a descriptor of four bytes that carries a 15-bit picture id; no
/// temporal layers. Partitions are not told apart, as the RFC allows: everything is partition 0, S marks the frame's
/// first packet.
/// </summary>
public sealed class Vp8Packetizer(int maxPayloadLength = VideoPacketizer.DefaultMaxPayloadLength, int firstPictureId = 0)
    : VideoPacketizer(maxPayloadLength)
{
    private const int DescriptorLength = 4;
    private const byte ExtendedBit = 0x80;
    private const byte StartBit = 0x10;
    private const byte PictureIdBit = 0x80;
    private const ushort LongPictureIdBit = 0x8000;
    private const int PictureIdMask = 0x7FFF;

    private int _nextPictureId = firstPictureId;
    private int _pictureId;
    private int _position;

    private protected override void Begin(bool isKeyFrame)
    {
        _position = 0;
        _pictureId = _nextPictureId & PictureIdMask;
        _nextPictureId = _pictureId + 1;
    }

    private protected override int WriteNext(Span<byte> destination, out bool isLast)
    {
        var rest = Frame[_position..];
        if (rest.IsEmpty)
        {
            isLast = false;
            return 0;
        }

        var length = GetPieceLength(rest.Length, destination.Length - DescriptorLength);
        destination[0] = (byte)(ExtendedBit | (_position == 0 ? StartBit : 0));
        destination[1] = PictureIdBit;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(LongPictureIdBit | _pictureId));
        rest[..length].CopyTo(destination[DescriptorLength..]);
        _position += length;
        isLast = length == rest.Length;
        return DescriptorLength + length;
    }
}
