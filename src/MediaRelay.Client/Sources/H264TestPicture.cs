namespace MediaRelay.Client.Sources;

/// <summary>
/// A picture of one colour as real H.264 (constrained baseline, CAVLC) without an encoder: the first macroblock is written as samples
/// (I_PCM), every other one of the key frame is predicted from its neighbours without residual, and between key frames everything is
/// skipped. Any decoder shows it.
/// </summary>
internal sealed class H264TestPicture
{
    private const byte SpsHeader = 0x67;
    private const byte PpsHeader = 0x68;
    private const byte IdrHeader = 0x65;
    private const byte SliceHeader = 0x61;
    private const int FrameNumberBits = 8;
    private const int FrameNumbers = 1 << FrameNumberBits;

    private readonly int _columns;
    private readonly int _rows;
    private readonly byte[] _parameterSets;
    private readonly byte[] _keyFrame;
    private readonly byte[][] _skipped = new byte[FrameNumbers][];
    private int _frameNumber;

    /// <param name="width">Pixels, a multiple of 2.</param>
    /// <param name="height">Pixels, a multiple of 2.</param>
    /// <param name="color">Luma and both chroma samples; none may be 0, which a start code could be made of.</param>
    public H264TestPicture(int width, int height, (byte Y, byte Cb, byte Cr) color)
    {
        _columns = (width + 15) / 16;
        _rows = (height + 15) / 16;
        _parameterSets = [.. WriteSps(width, height), .. WritePps()];
        _keyFrame = WriteKeyFrame(color);
        for (var i = 0; i < FrameNumbers; i++)
        {
            _skipped[i] = WriteSkipped((uint)i);
        }
    }

    /// <summary>The longest picture, with its parameter sets.</summary>
    public int MaxLength => _parameterSets.Length + _keyFrame.Length;

    /// <summary>What goes before a key frame's slice, as byte stream.</summary>
    public ReadOnlySpan<byte> ParameterSets => _parameterSets;

    /// <summary>Bytes that the next <see cref="WriteSlice"/> writes.</summary>
    public int SliceLength(bool isKeyFrame) => isKeyFrame ? _keyFrame.Length : _skipped[(_frameNumber + 1) % FrameNumbers].Length;

    /// <summary>Writes the next picture's slice as byte stream and returns its length.</summary>
    public int WriteSlice(Span<byte> destination, bool isKeyFrame)
    {
        if (isKeyFrame)
        {
            _keyFrame.CopyTo(destination);
            _frameNumber = 0;
            return _keyFrame.Length;
        }

        _frameNumber = (_frameNumber + 1) % FrameNumbers;
        _skipped[_frameNumber].CopyTo(destination);
        return _skipped[_frameNumber].Length;
    }

    private byte[] WriteSps(int width, int height)
    {
        var bits = new H264BitWriter();
        bits.WriteBits(66, 8); // profile_idc: baseline
        bits.WriteBits(0xE0, 8); // constraint sets 0, 1 and 2: constrained baseline
        bits.WriteBits(31, 8); // level 3.1
        bits.WriteUnsigned(0); // seq_parameter_set_id
        bits.WriteUnsigned(FrameNumberBits - 4); // log2_max_frame_num_minus4
        bits.WriteUnsigned(2); // pic_order_cnt_type: output order is decoding order
        bits.WriteUnsigned(1); // max_num_ref_frames
        bits.WriteFlag(false); // gaps_in_frame_num_value_allowed_flag
        bits.WriteUnsigned((uint)_columns - 1);
        bits.WriteUnsigned((uint)_rows - 1);
        bits.WriteFlag(true); // frame_mbs_only_flag
        bits.WriteFlag(true); // direct_8x8_inference_flag
        var (right, bottom) = ((_columns * 16) - width, (_rows * 16) - height);
        bits.WriteFlag(right + bottom > 0); // frame_cropping_flag, in units of two pixels
        if (right + bottom > 0)
        {
            bits.WriteUnsigned(0);
            bits.WriteUnsigned((uint)right / 2);
            bits.WriteUnsigned(0);
            bits.WriteUnsigned((uint)bottom / 2);
        }

        bits.WriteFlag(false); // vui_parameters_present_flag
        return bits.ToNalUnit(SpsHeader);
    }

    private static byte[] WritePps()
    {
        var bits = new H264BitWriter();
        bits.WriteUnsigned(0); // pic_parameter_set_id
        bits.WriteUnsigned(0); // seq_parameter_set_id
        bits.WriteFlag(false); // entropy_coding_mode_flag: CAVLC
        bits.WriteFlag(false); // bottom_field_pic_order_in_frame_present_flag
        bits.WriteUnsigned(0); // num_slice_groups_minus1
        bits.WriteUnsigned(0); // num_ref_idx_l0_default_active_minus1
        bits.WriteUnsigned(0); // num_ref_idx_l1_default_active_minus1
        bits.WriteFlag(false); // weighted_pred_flag
        bits.WriteBits(0, 2); // weighted_bipred_idc
        bits.WriteSigned(0); // pic_init_qp_minus26
        bits.WriteSigned(0); // pic_init_qs_minus26
        bits.WriteSigned(0); // chroma_qp_index_offset
        bits.WriteFlag(true); // deblocking_filter_control_present_flag
        bits.WriteFlag(false); // constrained_intra_pred_flag
        bits.WriteFlag(false); // redundant_pic_cnt_present_flag
        return bits.ToNalUnit(PpsHeader);
    }

    private byte[] WriteKeyFrame((byte Y, byte Cb, byte Cr) color)
    {
        var bits = new H264BitWriter();
        bits.WriteUnsigned(0); // first_mb_in_slice
        bits.WriteUnsigned(7); // slice_type: I, all slices of the picture
        bits.WriteUnsigned(0); // pic_parameter_set_id
        bits.WriteBits(0, FrameNumberBits); // frame_num
        bits.WriteUnsigned(0); // idr_pic_id
        bits.WriteFlag(false); // no_output_of_prior_pics_flag
        bits.WriteFlag(false); // long_term_reference_flag
        bits.WriteSigned(0); // slice_qp_delta
        bits.WriteUnsigned(1); // disable_deblocking_filter_idc
        bits.WriteUnsigned(25); // mb_type: I_PCM
        bits.Align();
        WriteSamples(bits, color.Y, 256);
        WriteSamples(bits, color.Cb, 64);
        WriteSamples(bits, color.Cr, 64);
        for (var macroblock = 1; macroblock < _columns * _rows; macroblock++)
        {
            bits.WriteUnsigned(3); // mb_type: I_16x16, DC prediction, no residual
            bits.WriteUnsigned(0); // intra_chroma_pred_mode: DC
            bits.WriteSigned(0); // mb_qp_delta

            // coeff_token of no coefficients; its table depends on the neighbours' counts, and an I_PCM one counts as 16 (§9.2.1).
            var isBesideSamples = macroblock == 1 || macroblock == _columns;
            bits.WriteBits(isBesideSamples ? 3u : 1u, isBesideSamples ? 6 : 1);
        }

        return bits.ToNalUnit(IdrHeader);
    }

    private byte[] WriteSkipped(uint frameNumber)
    {
        var bits = new H264BitWriter();
        bits.WriteUnsigned(0); // first_mb_in_slice
        bits.WriteUnsigned(5); // slice_type: P, all slices of the picture
        bits.WriteUnsigned(0); // pic_parameter_set_id
        bits.WriteBits(frameNumber, FrameNumberBits);
        bits.WriteFlag(false); // num_ref_idx_active_override_flag
        bits.WriteFlag(false); // ref_pic_list_modification_flag_l0
        bits.WriteFlag(false); // adaptive_ref_pic_marking_mode_flag
        bits.WriteSigned(0); // slice_qp_delta
        bits.WriteUnsigned(1); // disable_deblocking_filter_idc
        bits.WriteUnsigned((uint)(_columns * _rows)); // mb_skip_run
        return bits.ToNalUnit(SliceHeader);
    }

    private static void WriteSamples(H264BitWriter bits, byte value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            bits.WriteBits(value, 8);
        }
    }
}
