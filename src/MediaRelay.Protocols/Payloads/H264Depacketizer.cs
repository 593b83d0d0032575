using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// H.264 access units from single NAL unit packets, STAP-A and FU-A (RFC 6184 §5.6–5.8), as a byte stream with
/// four-byte start codes. Parameter sets stay in it.
/// </summary>
public sealed class H264Depacketizer : VideoDepacketizer
{
    private static readonly byte[] StartCode = [0, 0, 0, 1];
    private bool _isInFragment;

    private protected override bool IsFrameStart(ReadOnlySpan<byte> payload) => H264Payload.IsAccessUnitStart(payload);

    private protected override void BeginFrame() => _isInFragment = false;

    private protected override bool IsComplete(FrameBuffer frame) => !_isInFragment && frame.Length > 0;

    private protected override FrameLoss Append(FrameBuffer frame, ReadOnlySpan<byte> payload, ref bool isKeyFrame)
    {
        var type = H264Payload.GetNalType(payload[0]);
        if (type == H264NalType.FuA)
        {
            return AppendFragment(frame, payload, ref isKeyFrame);
        }

        if (_isInFragment)
        {
            return FrameLoss.Malformed;
        }

        return type switch
        {
            H264NalType.StapA => AppendAggregate(frame, payload[1..], ref isKeyFrame),
            > H264NalType.Unspecified and < H264NalType.StapA => AppendUnit(frame, payload, ref isKeyFrame),
            _ => FrameLoss.Malformed,
        };
    }

    private static FrameLoss AppendAggregate(FrameBuffer frame, ReadOnlySpan<byte> rest, ref bool isKeyFrame)
    {
        while (!rest.IsEmpty)
        {
            if (rest.Length < 2)
            {
                return FrameLoss.Malformed;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length == 0 || length > rest.Length - 2)
            {
                return FrameLoss.Malformed;
            }

            var loss = AppendUnit(frame, rest.Slice(2, length), ref isKeyFrame);
            if (loss != FrameLoss.None)
            {
                return loss;
            }

            rest = rest[(2 + length)..];
        }

        return FrameLoss.None;
    }

    private static FrameLoss AppendUnit(FrameBuffer frame, ReadOnlySpan<byte> nalUnit, ref bool isKeyFrame)
    {
        isKeyFrame |= H264Payload.GetNalType(nalUnit[0]) == H264NalType.IdrSlice;
        return frame.TryAppend(StartCode) && frame.TryAppend(nalUnit) ? FrameLoss.None : FrameLoss.TooLarge;
    }

    // |F|NRI|  28  | |S|E|R|  type  | fragment …   (RFC 6184 §5.8)
    private FrameLoss AppendFragment(FrameBuffer frame, ReadOnlySpan<byte> payload, ref bool isKeyFrame)
    {
        if (payload.Length <= H264Payload.FuHeaderLength)
        {
            return FrameLoss.Malformed;
        }

        var isStart = (payload[1] & H264Payload.FuStartBit) != 0;
        if (isStart == _isInFragment)
        {
            return FrameLoss.Malformed;
        }

        if (isStart)
        {
            var header = (byte)((payload[0] & 0xE0) | (payload[1] & 0x1F));
            var loss = AppendUnit(frame, [header], ref isKeyFrame);
            if (loss != FrameLoss.None)
            {
                return loss;
            }
        }

        _isInFragment = (payload[1] & H264Payload.FuEndBit) == 0;
        return frame.TryAppend(payload[H264Payload.FuHeaderLength..]) ? FrameLoss.None : FrameLoss.TooLarge;
    }
}
