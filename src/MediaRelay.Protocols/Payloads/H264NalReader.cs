using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Walks the NAL units that an RTP payload begins (RFC 6184 §5.6–5.8): one for a single NAL unit packet, all of a
/// STAP-A, and for the first FU-A its reassembled header with the fragment's bytes. Other fragments, and structures of
/// the other packetization modes, have none. A unit that passes the payload's end ends the walk.
/// </summary>
internal ref struct H264NalReader
{
    private readonly bool _isAggregate;
    private ReadOnlySpan<byte> _rest;

    public H264NalReader(ReadOnlySpan<byte> payload)
    {
        var type = payload.IsEmpty ? H264NalType.Unspecified : H264Payload.GetNalType(payload[0]);
        _isAggregate = type == H264NalType.StapA;
        _rest = payload;
        if (_isAggregate)
        {
            _rest = payload[1..];
        }
        else if (type == H264NalType.FuA)
        {
            // The FU header carries the NAL unit's type in the same place as a NAL header.
            var isStart = payload.Length > H264Payload.FuHeaderLength && (payload[1] & H264Payload.FuStartBit) != 0;
            _rest = isStart ? payload[1..] : default;
        }
    }

    /// <summary>
    /// The next unit's type and what follows its header byte (for an FU-A only what the first fragment holds).
    /// </summary>
    public bool TryReadNext(out H264NalType type, out ReadOnlySpan<byte> body)
    {
        if (_isAggregate)
        {
            if (_rest.Length > 2)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(_rest);
                if (length > 0 && length <= _rest.Length - 2)
                {
                    type = H264Payload.GetNalType(_rest[2]);
                    body = _rest.Slice(3, length - 1);
                    _rest = _rest[(2 + length)..];
                    return true;
                }
            }
        }
        else if (!_rest.IsEmpty)
        {
            type = H264Payload.GetNalType(_rest[0]);
            body = _rest[1..];
            _rest = default;
            return type is > H264NalType.Unspecified and < H264NalType.StapA;
        }

        _rest = default;
        type = H264NalType.Unspecified;
        body = default;
        return false;
    }
}
