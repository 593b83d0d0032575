using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// H.264 access units to RTP payloads (RFC 6184, packetization-mode 1): single NAL unit packets, STAP-A for parameter
/// sets and SEI that follow each other, FU-A for what is too long.
/// </summary>
public sealed class H264Packetizer(int maxPayloadLength = VideoPacketizer.DefaultMaxPayloadLength)
    : VideoPacketizer(maxPayloadLength)
{
    private const int LengthFieldLength = 2;
    private const byte ForbiddenBit = 0x80;
    private const byte ReferenceIdcMask = 0x60;

    private readonly List<(int Start, int Length)> _units = new(capacity: 16);
    private int _next;

    // Bytes of the unit _next that fragments have carried already, its header included.
    private int _fragmented;

    private protected override void Begin(bool isKeyFrame)
    {
        _units.Clear();
        _next = 0;
        _fragmented = 0;
        var stream = new AnnexBReader(Frame);
        while (stream.TryReadNext(out int start, out var length))
        {
            _units.Add((start, length));
        }
    }

    private protected override int WriteNext(Span<byte> destination, out bool isLast)
    {
        if (_next == _units.Count)
        {
            isLast = false;
            return 0;
        }

        var aggregated = CountAggregated(destination.Length);
        int length;
        if (aggregated > 1)
        {
            length = WriteAggregate(destination, aggregated);
        }
        else if (_units[_next].Length <= destination.Length)
        {
            length = WriteUnit(destination);
        }
        else
        {
            length = WriteFragment(destination);
        }

        isLast = _next == _units.Count;
        return length;
    }

    // How many units from _next on go into one STAP-A.
    private int CountAggregated(int space)
    {
        var count = 0;
        var length = 1;
        while (_next + count < _units.Count)
        {
            var unit = _units[_next + count];
            length += LengthFieldLength + unit.Length;
            if (length > space)
            {
                break;
            }

            count++;
        }

        return count;
    }

    // |F|NRI|  24  | length (16) | NAL unit | length (16) | NAL unit …   (RFC 6184 §5.7.1)
    private int WriteAggregate(Span<byte> destination, int count)
    {
        var position = 1;
        byte forbidden = 0;
        byte referenceIdc = 0;
        for (var i = 0; i < count; i++)
        {
            var (start, length) = _units[_next++];
            var unit = Frame.Slice(start, length);
            BinaryPrimitives.WriteUInt16BigEndian(destination[position..], (ushort)length);
            unit.CopyTo(destination[(position + LengthFieldLength)..]);
            position += LengthFieldLength + length;

            // F is set when any unit's is; NRI is the highest of all.
            forbidden |= (byte)(unit[0] & ForbiddenBit);
            referenceIdc = Math.Max(referenceIdc, (byte)(unit[0] & ReferenceIdcMask));
        }

        destination[0] = (byte)(forbidden | referenceIdc | (byte)H264NalType.StapA);
        return position;
    }

    private int WriteUnit(Span<byte> destination)
    {
        var (start, length) = _units[_next++];
        Frame.Slice(start, length).CopyTo(destination);
        return length;
    }

    private int WriteFragment(Span<byte> destination)
    {
        var (start, unitLength) = _units[_next];
        var header = Frame[start];
        var isStart = _fragmented == 0;
        _fragmented = Math.Max(_fragmented, 1);
        var length = GetPieceLength(unitLength - _fragmented, destination.Length - H264Payload.FuHeaderLength);
        Frame.Slice(start + _fragmented, length).CopyTo(destination[H264Payload.FuHeaderLength..]);
        _fragmented += length;

        var isEnd = _fragmented == unitLength;
        destination[0] = (byte)((header & (ForbiddenBit | ReferenceIdcMask)) | (byte)H264NalType.FuA);
        destination[1] = (byte)((isStart ? H264Payload.FuStartBit : 0)
            | (isEnd ? H264Payload.FuEndBit : 0)
            | (byte)H264Payload.GetNalType(header));
        if (isEnd)
        {
            _next++;
            _fragmented = 0;
        }

        return H264Payload.FuHeaderLength + length;
    }
}
