using System.Buffers.Binary;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>Payloads that the relay takes for VP8 or H.264, with a <see cref="Mark"/> behind.</summary>
internal static class Payloads
{
    /// <summary>Bytes before the filler: descriptor and key frame header, or NAL header and parameter set.</summary>
    public const int Vp8DescriptorLength = 6;

    private const int LongestHead = 16;

    /// <summary>Sound: a byte of Opus, then the mark.</summary>
    public static byte[] Sound(in Mark mark)
    {
        var payload = new byte[1 + Mark.Length];
        payload[0] = 0xF8;
        mark.Write(payload);
        return payload;
    }

    /// <summary>One packet of a picture; <paramref name="filler"/> bytes lie between its head and its mark.</summary>
    public static byte[] Picture(VideoCodec codec, in Mark mark, in PictureCounters counters, int width, int height, int filler)
    {
        var payload = new byte[LongestHead + filler + Mark.Length];
        payload.AsSpan(LongestHead, filler).Fill((byte)(mark.Sequence * 31));
        if (codec == VideoCodec.Vp8)
        {
            WriteVp8(payload, mark, counters, width, height);
        }
        else
        {
            WriteH264(payload, mark, width, height);
        }

        mark.Write(payload);
        return payload;
    }

    /// <summary>The parts of two payloads that a relay may not change: for VP8 all but the counters of the descriptor.</summary>
    public static bool AreEqual(VideoCodec codec, ReadOnlySpan<byte> sent, ReadOnlySpan<byte> got) =>
        codec == VideoCodec.H264
            ? sent.SequenceEqual(got)
            : sent.Length == got.Length && sent[..2].SequenceEqual(got[..2]) && (sent[5] & 0xE0) == (got[5] & 0xE0)
                && sent[Vp8DescriptorLength..].SequenceEqual(got[Vp8DescriptorLength..]);

    // RFC 7741 §4.2 with a picture id of 15 bits, TL0PICIDX, TID and KEYIDX.
    private static void WriteVp8(Span<byte> payload, in Mark mark, in PictureCounters counters, int width, int height)
    {
        payload[0] = (byte)(mark.Index == 0 ? 0x90 : 0x80);
        payload[1] = 0xF0;
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(0x8000 | counters.PictureId));
        payload[4] = counters.Tl0PicIdx;
        payload[5] = (byte)(counters.KeyIdx & 0x1F);
        if (mark.Index > 0)
        {
            payload[Vp8DescriptorLength] = 0x55;
            return;
        }

        var frame = payload[Vp8DescriptorLength..];
        frame[0] = (byte)(mark.IsKeyFrame ? 0x10 : 0x11);
        if (mark.IsKeyFrame)
        {
            frame[3] = 0x9D;
            frame[4] = 0x01;
            frame[5] = 0x2A;
            BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], (ushort)width);
            BinaryPrimitives.WriteUInt16LittleEndian(frame[8..], (ushort)height);
        }
    }

    // A key frame has its parameter sets in packets of their own: two packets of it are a start (RFC 6184 §5.6).
    private static void WriteH264(Span<byte> payload, in Mark mark, int width, int height)
    {
        if (!mark.IsKeyFrame)
        {
            payload[0] = 0x61;
            payload[1] = (byte)(mark.Index == 0 ? 0x9A : 0x40);
            return;
        }

        switch (mark.Index)
        {
            case 0:
                payload[0] = 0x67;
                WriteSps(payload[1..], width, height);
                break;
            case 1:
                payload[0] = 0x68;
                payload[1] = 0xCE;
                break;
            default:
                payload[0] = 0x65;
                payload[1] = (byte)(mark.Index == 2 ? 0x88 : 0x40);
                break;
        }
    }

    // ITU-T H.264 §7.3.2.1.1, baseline.
    private static void WriteSps(Span<byte> body, int width, int height)
    {
        body[0] = 66;
        body[1] = 0xC0;
        body[2] = 30;
        var at = 24;
        WriteUnsigned(body, ref at, 0); // seq_parameter_set_id
        WriteUnsigned(body, ref at, 0); // log2_max_frame_num_minus4
        WriteUnsigned(body, ref at, 2); // pic_order_cnt_type
        WriteUnsigned(body, ref at, 1); // max_num_ref_frames
        WriteBit(body, ref at, 0);
        WriteUnsigned(body, ref at, (uint)((width / 16) - 1));
        WriteUnsigned(body, ref at, (uint)((height / 16) - 1));
        WriteBit(body, ref at, 1); // frame_mbs_only_flag
        WriteBit(body, ref at, 1);
        WriteBit(body, ref at, 0);
        WriteBit(body, ref at, 0);
        WriteBit(body, ref at, 1); // rbsp_stop_one_bit
    }

    private static void WriteUnsigned(Span<byte> body, ref int at, uint value)
    {
        var bits = 32 - int.LeadingZeroCount((int)(value + 1));
        for (var i = 1; i < bits; i++)
        {
            WriteBit(body, ref at, 0);
        }

        for (var i = bits - 1; i >= 0; i--)
        {
            WriteBit(body, ref at, ((value + 1) >> i) & 1);
        }
    }

    private static void WriteBit(Span<byte> body, ref int at, uint bit)
    {
        body[at / 8] |= (byte)(bit << (7 - (at % 8)));
        at++;
    }
}
