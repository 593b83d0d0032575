using System.Globalization;

namespace MediaRelay.Protocols.Sdp;

/// <summary>H.264's <c>profile-level-id</c>: profile_idc, constraint flags, level_idc (RFC 6184 §8.1).</summary>
internal readonly record struct H264Profile(byte ProfileIdc, byte Constraints, byte LevelIdc)
{
    // RFC 6184 §8.1: without profile-level-id the Baseline profile at level 1 is meant.
    private static readonly H264Profile Default = new(0x42, 0x00, 0x0a);

    // The patterns are RFC 6184 table 5; x is any bit:
    // 42 x1xxxxxx, 4D 1xxxxxxx and 58 11xxxxxx (reserved bits 0) name the Constrained Baseline profile.
    public bool IsConstrainedBaseline =>
        (ProfileIdc == 0x42 && (Constraints & 0x4F) == 0x40)
        || (ProfileIdc == 0x4D && (Constraints & 0x8F) == 0x80)
        || (ProfileIdc == 0x58 && (Constraints & 0xCF) == 0xC0);

    // 42 x0xxxxxx and 58 10xxxxxx name Baseline, of which Constrained Baseline is the part that is used in practice.
    public bool IsBaseline =>
        (ProfileIdc == 0x42 && (Constraints & 0x4F) == 0)
        || (ProfileIdc == 0x58 && (Constraints & 0xCF) == 0x80);

    /// <summary>False when the value is not six hex digits.</summary>
    public static bool TryRead(FormatParameters parameters, out H264Profile profile)
    {
        profile = Default;
        if (parameters["profile-level-id"] is not { } text)
        {
            return true;
        }

        if (text.Length != 6 || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        profile = new H264Profile((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }
}
