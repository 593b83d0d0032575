using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// SDES (RFC 3550 §6.5): per source a chunk of items, each type, length, text; a zero byte ends a chunk, which is
/// padded to a 32-bit boundary. <see cref="TryReadNext"/> walks the items.
/// </summary>
public ref struct SourceDescription
{
    /// <summary>Item type of the canonical name, which joins a participant's streams (§6.5.1).</summary>
    public const byte Cname = 1;

    private readonly ReadOnlySpan<byte> _body;
    private int _chunksLeft;
    private int _position;
    private bool _isInChunk;
    private Ssrc _ssrc;

    private SourceDescription(in RtcpPacket packet)
    {
        _body = packet.Body;
        _chunksLeft = packet.Count;
    }

    /// <summary>False for another packet type, and when a chunk or item passes the end.</summary>
    public static bool TryParse(in RtcpPacket packet, out SourceDescription description)
    {
        description = default;
        if (packet.Type != RtcpType.SourceDescription)
        {
            return false;
        }

        var check = new SourceDescription(packet);
        while (check.TryReadNext(out _, out _, out _))
        {
            // Only whether it comes to the end matters here.
        }

        if (check._chunksLeft > 0 || check._isInChunk)
        {
            return false;
        }

        description = new SourceDescription(packet);
        return true;
    }

    /// <summary>The next item of any source; <paramref name="text"/> is UTF-8 of at most 255 bytes.</summary>
    public bool TryReadNext(out Ssrc ssrc, out byte type, out ReadOnlySpan<byte> text)
    {
        while (TryEnterChunk())
        {
            if (_position >= _body.Length)
            {
                break;
            }

            type = _body[_position];
            if (type == 0)
            {
                LeaveChunk();
                continue;
            }

            if (_body.Length - _position < 2 || _body.Length - _position - 2 < _body[_position + 1])
            {
                break;
            }

            ssrc = _ssrc;
            text = _body.Slice(_position + 2, _body[_position + 1]);
            _position += 2 + text.Length;
            return true;
        }

        ssrc = default;
        type = 0;
        text = default;
        return false;
    }

    /// <summary>The first canonical name from here on.</summary>
    public bool TryReadCname(out Ssrc ssrc, out ReadOnlySpan<byte> name)
    {
        while (TryReadNext(out ssrc, out var type, out name))
        {
            if (type == Cname)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryEnterChunk()
    {
        if (_isInChunk)
        {
            return true;
        }

        if (_chunksLeft == 0 || _body.Length - _position < sizeof(uint))
        {
            return false;
        }

        _ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_body[_position..]));
        _position += sizeof(uint);
        _chunksLeft--;
        _isInChunk = true;
        return true;
    }

    private void LeaveChunk()
    {
        _position = Math.Min((_position + 4) & ~3, _body.Length);
        _isInChunk = false;
    }
}
