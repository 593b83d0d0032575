using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Keeps picture ids, TL0PICIDX and KEYIDX of a VP8 feed continuous over source switches (RFC 7741 §4.2): a decoder that sees a picture
/// id jump back throws away what follows.
/// </summary>
internal sealed class Vp8Continuity
{
    private int _pictureIdOffset;
    private int _tl0Offset;
    private int _keyIdxOffset;
    private int _lastPictureId = -1;
    private int _lastTl0 = -1;
    private int _lastKeyIdx = -1;

    /// <summary>Places the first payload of a new source right behind the last picture.</summary>
    public void Join(ReadOnlySpan<byte> payload)
    {
        if (!Vp8Descriptor.TryParse(payload, out var descriptor))
        {
            return;
        }

        _pictureIdOffset = Offset(_lastPictureId, descriptor.PictureId);
        _tl0Offset = Offset(_lastTl0, descriptor.Tl0PicIdx);
        _keyIdxOffset = Offset(_lastKeyIdx, descriptor.KeyIdx);
    }

    /// <summary>Rewrites one payload in place; fields that it does not have stay away.</summary>
    public void Rewrite(Span<byte> payload)
    {
        if (!Vp8Descriptor.TryParse(payload, out var descriptor))
        {
            return;
        }

        var pictureId = (descriptor.PictureId + _pictureIdOffset) & 0x7FFF;
        var tl0 = (descriptor.Tl0PicIdx + _tl0Offset) & 0xFF;
        var keyIdx = (descriptor.KeyIdx + _keyIdxOffset) & 0x1F;
        descriptor.Rewrite(payload, pictureId, tl0, keyIdx);
        Advance(ref _lastPictureId, descriptor.PictureId, pictureId, descriptor.HasLongPictureId ? 15 : 7);
        Advance(ref _lastTl0, descriptor.Tl0PicIdx, tl0, 8);
        Advance(ref _lastKeyIdx, descriptor.KeyIdx, keyIdx, 5);
    }

    /// <summary>The later of two counters of so many bits; a packet that was overtaken does not move it back.</summary>
    private static void Advance(ref int last, int received, int rewritten, int bits)
    {
        if (received >= 0 && (last < 0 || (rewritten - last) << (32 - bits) > 0))
        {
            last = rewritten;
        }
    }

    private static int Offset(int last, int next) => last < 0 || next < 0 ? 0 : last + 1 - next;
}
