namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// What layouts and statistics need of a sequence parameter set (ITU-T H.264 §7.3.2.1.1): profile, level and the size
/// of the picture shown, in pixels, after cropping.
/// </summary>
public readonly record struct H264Sps(byte ProfileIdc, byte ConstraintFlags, byte LevelIdc, int Width, int Height)
{
    // Level 6.2 has at most 139,264 macroblocks a frame and 1,055 a side (table A-1); this also keeps the arithmetic in
    // range.
    private const int MaxMacroblocksPerSide = 1_055;

    /// <summary>profile-level-id as SDP writes it (RFC 6184 §8.1).</summary>
    public string ProfileLevelId => $"{ProfileIdc:x2}{ConstraintFlags:x2}{LevelIdc:x2}";

    /// <summary>Reads a NAL unit with its header byte, without start code.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nalUnit, out H264Sps sps)
    {
        sps = default;
        return !nalUnit.IsEmpty
            && H264Payload.GetNalType(nalUnit[0]) == H264NalType.SequenceParameterSet
            && TryParseBody(nalUnit[1..], out sps);
    }

    internal static bool TryParseBody(ReadOnlySpan<byte> body, out H264Sps sps)
    {
        sps = default;
        var reader = new ExpGolombReader(body);
        var profile = (byte)reader.ReadBits(8);
        var constraints = (byte)reader.ReadBits(8);
        var level = (byte)reader.ReadBits(8);
        reader.ReadUnsigned(); // seq_parameter_set_id

        var chromaFormat = 1u;
        if (HasChromaFormat(profile))
        {
            chromaFormat = reader.ReadUnsigned();
            if (chromaFormat > 3)
            {
                return false;
            }

            SkipHighProfileFields(ref reader, chromaFormat, out var hasSeparatePlanes);
            chromaFormat = hasSeparatePlanes ? 0 : chromaFormat;
        }

        reader.ReadUnsigned(); // log2_max_frame_num_minus4
        if (!TrySkipPictureOrder(ref reader))
        {
            return false;
        }

        reader.ReadUnsigned(); // max_num_ref_frames
        reader.ReadFlag(); // gaps_in_frame_num_value_allowed_flag
        var widthInMacroblocks = reader.ReadUnsigned() + 1L;
        var heightInMapUnits = reader.ReadUnsigned() + 1L;
        var isFrameOnly = reader.ReadFlag();
        if (!isFrameOnly)
        {
            reader.ReadFlag(); // mb_adaptive_frame_field_flag
        }

        reader.ReadFlag(); // direct_8x8_inference_flag
        var (cropX, cropY) = ReadCropping(ref reader);
        if (reader.IsPastEnd || widthInMacroblocks > MaxMacroblocksPerSide || heightInMapUnits > MaxMacroblocksPerSide)
        {
            return false;
        }

        // §7.4.2.1.1: cropping counts chroma samples, and field lines when the picture may be coded as fields.
        var frameFactor = isFrameOnly ? 1 : 2;
        var unitX = chromaFormat is 1 or 2 ? 2 : 1;
        var unitY = (chromaFormat == 1 ? 2 : 1) * frameFactor;
        var width = (widthInMacroblocks * 16) - (cropX * unitX);
        var height = (heightInMapUnits * 16 * frameFactor) - (cropY * unitY);
        if (width <= 0 || height <= 0)
        {
            return false;
        }

        sps = new H264Sps(profile, constraints, level, (int)width, (int)height);
        return true;
    }

    private static bool HasChromaFormat(byte profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static void SkipHighProfileFields(ref ExpGolombReader reader, uint chromaFormat, out bool hasSeparatePlanes)
    {
        hasSeparatePlanes = chromaFormat == 3 && reader.ReadFlag();
        reader.ReadUnsigned(); // bit_depth_luma_minus8
        reader.ReadUnsigned(); // bit_depth_chroma_minus8
        reader.ReadFlag(); // qpprime_y_zero_transform_bypass_flag
        if (!reader.ReadFlag())
        {
            return;
        }

        var lists = chromaFormat == 3 ? 12 : 8;
        for (var i = 0; i < lists; i++)
        {
            if (reader.ReadFlag())
            {
                SkipScalingList(ref reader, size: i < 6 ? 16 : 64);
            }
        }
    }

    // §7.3.2.1.1.1
    private static void SkipScalingList(ref ExpGolombReader reader, int size)
    {
        var last = 8;
        var next = 8;
        for (var i = 0; i < size && !reader.IsPastEnd; i++)
        {
            if (next != 0)
            {
                next = (last + reader.ReadSigned()) & 0xFF;
            }

            last = next == 0 ? last : next;
        }
    }

    private static bool TrySkipPictureOrder(ref ExpGolombReader reader)
    {
        switch (reader.ReadUnsigned())
        {
            case 0:
                reader.ReadUnsigned(); // log2_max_pic_order_cnt_lsb_minus4
                return true;
            case 1:
                reader.ReadFlag(); // delta_pic_order_always_zero_flag
                reader.ReadSigned(); // offset_for_non_ref_pic
                reader.ReadSigned(); // offset_for_top_to_bottom_field
                var cycle = reader.ReadUnsigned();
                for (var i = 0u; i < cycle && !reader.IsPastEnd; i++)
                {
                    reader.ReadSigned(); // offset_for_ref_frame
                }

                return cycle <= 255;
            case 2:
                return true;
            default:
                return false;
        }
    }

    // frame_crop_left + right and top + bottom, in crop units.
    private static (long X, long Y) ReadCropping(ref ExpGolombReader reader)
    {
        if (!reader.ReadFlag())
        {
            return (0, 0);
        }

        long left = reader.ReadUnsigned();
        long right = reader.ReadUnsigned();
        long top = reader.ReadUnsigned();
        long bottom = reader.ReadUnsigned();
        return (left + right, top + bottom);
    }
}
