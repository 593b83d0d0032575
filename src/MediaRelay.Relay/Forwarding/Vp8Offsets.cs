using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// What is added to picture id, TL0PICIDX and KEYIDX (RFC 7741 §4.2) of a VP8 stream for one viewer, so that they go on counting over a
/// layer switch or a hand-off: a decoder that sees a picture id jump back throws away what follows.
/// </summary>
internal readonly record struct Vp8Offsets(int PictureId, int Tl0, int KeyIdx)
{
    public bool IsNone => PictureId == 0 && Tl0 == 0 && KeyIdx == 0;

    /// <summary>Such that <paramref name="next"/> follows <paramref name="last"/>, which went out with <paramref name="before"/>.</summary>
    public static Vp8Offsets Behind(in Vp8Descriptor last, in Vp8Offsets before, ReadOnlySpan<byte> next)
    {
        if (!Vp8Descriptor.TryParse(next, out var first))
        {
            return before;
        }

        return new Vp8Offsets(
            Offset(last.PictureId, before.PictureId, first.PictureId) & 0x7FFF,
            Offset(last.Tl0PicIdx, before.Tl0, first.Tl0PicIdx) & 0xFF,
            Offset(last.KeyIdx, before.KeyIdx, first.KeyIdx) & 0x1F);
    }

    /// <summary>Rewrites a copy of one payload; fields that it does not have stay away.</summary>
    public void Apply(Span<byte> payload)
    {
        if (Vp8Descriptor.TryParse(payload, out var descriptor))
        {
            descriptor.Rewrite(
                payload, (descriptor.PictureId + PictureId) & 0x7FFF, (descriptor.Tl0PicIdx + Tl0) & 0xFF, (descriptor.KeyIdx + KeyIdx) & 0x1F);
        }
    }

    private static int Offset(int last, int before, int next) => last < 0 || next < 0 ? before : last + before + 1 - next;
}
