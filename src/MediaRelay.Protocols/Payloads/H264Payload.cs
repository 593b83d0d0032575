namespace MediaRelay.Protocols.Payloads;

/// <summary>What an SFU needs to know of an H.264 RTP payload (RFC 6184, packetization-mode 1).</summary>
public static class H264Payload
{
    internal const int FuHeaderLength = 2;
    internal const byte FuStartBit = 0x80;
    internal const byte FuEndBit = 0x40;
    private const byte NalTypeMask = 0x1F;

    public static H264NalType GetNalType(byte header) => (H264NalType)(header & NalTypeMask);

    /// <summary>
    /// True when a key frame can be decoded from this packet on: it begins an SPS, or the first slice of an IDR picture
    /// (first_mb_in_slice = 0), as a single NAL unit, in a STAP-A or in the first FU-A. Further slices of the same
    /// picture, and further fragments, are not a start. An encoder that sends the SPS in a packet of its own has two
    /// starts with one RTP timestamp: the SPS and the IDR.
    /// </summary>
    public static bool IsKeyFrameStart(ReadOnlySpan<byte> payload)
    {
        var units = new H264NalReader(payload);
        while (units.TryReadNext(out var type, out var body))
        {
            if (type == H264NalType.SequenceParameterSet || (type == H264NalType.IdrSlice && IsFirstSlice(body)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the packet begins a sequence parameter set.</summary>
    public static bool ContainsSps(ReadOnlySpan<byte> payload) => Contains(payload, H264NalType.SequenceParameterSet);

    /// <summary>True when the packet begins a NAL unit of this type.</summary>
    public static bool Contains(ReadOnlySpan<byte> payload, H264NalType wanted)
    {
        var units = new H264NalReader(payload);
        while (units.TryReadNext(out var type, out _))
        {
            if (type == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads size and profile from the packet's SPS; false when it has none or it is malformed.</summary>
    public static bool TryReadSps(ReadOnlySpan<byte> payload, out H264Sps sps)
    {
        var units = new H264NalReader(payload);
        while (units.TryReadNext(out var type, out var body))
        {
            if (type == H264NalType.SequenceParameterSet && H264Sps.TryParseBody(body, out sps))
            {
                return true;
            }
        }

        sps = default;
        return false;
    }

    /// <summary>
    /// True when nothing of the access unit that a decoder could miss comes before this packet: it begins a delimiter,
    /// an SPS, or the first slice of a picture that is no IDR (before an IDR slice its SPS may have been lost).
    /// </summary>
    internal static bool IsAccessUnitStart(ReadOnlySpan<byte> payload)
    {
        var units = new H264NalReader(payload);
        return units.TryReadNext(out var type, out var body) && type switch
        {
            H264NalType.AccessUnitDelimiter or H264NalType.SequenceParameterSet => true,
            H264NalType.Slice => IsFirstSlice(body),
            _ => false,
        };
    }

    // A slice begins with first_mb_in_slice as ue(v): a leading 1 bit is 0, the picture's first macroblock (ITU-T H.264
    // §7.3.3).
    private static bool IsFirstSlice(ReadOnlySpan<byte> body) => !body.IsEmpty && (body[0] & 0x80) != 0;
}
