using System.Buffers.Binary;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtp;

/// <summary>Values of header extension elements; readers return false when the length is wrong.</summary>
public static class HeaderExtensionValues
{
    /// <summary>RFC 6464 §3: <paramref name="level"/> is 0 (loudest) to 127 (silent), in −dBov.</summary>
    public static bool TryReadAudioLevel(ReadOnlySpan<byte> value, out bool isVoice, out byte level)
    {
        isVoice = !value.IsEmpty && (value[0] & 0x80) != 0;
        level = (byte)(value.IsEmpty ? 127 : value[0] & 0x7F);

        // The two-byte form may carry a byte of padding behind it.
        return value.Length is 1 or 2;
    }

    /// <summary>RFC 6464 §3; the inverse of <see cref="TryReadAudioLevel"/>.</summary>
    public static byte MakeAudioLevel(bool isVoice, byte level) => (byte)((isVoice ? 0x80 : 0) | Math.Min(level, (byte)127));

    /// <summary>draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.</summary>
    public static bool TryReadTransportSequence(ReadOnlySpan<byte> value, out ushort sequence)
    {
        sequence = 0;
        return value.Length == 2 && BinaryPrimitives.TryReadUInt16BigEndian(value, out sequence);
    }

    /// <summary>abs-send-time: seconds modulo 64 as 6.18 fixed point, 24 bits.</summary>
    public static uint MakeAbsSendTime(NtpTime sent) => (uint)(sent.Value >> 14) & 0xFF_FFFF;

    public static bool TryReadAbsSendTime(ReadOnlySpan<byte> value, out uint fixedPoint)
    {
        fixedPoint = value.Length == 3 ? ((uint)value[0] << 16) | ((uint)value[1] << 8) | value[2] : 0;
        return value.Length == 3;
    }

    /// <summary>
    /// abs-capture-time: 8 bytes of NTP time, optionally followed by 8 bytes of clock offset, which is not read.
    /// </summary>
    public static bool TryReadAbsCaptureTime(ReadOnlySpan<byte> value, out NtpTime captured)
    {
        captured = value.Length is 8 or 16 ? new NtpTime(BinaryPrimitives.ReadUInt64BigEndian(value)) : default;
        return value.Length is 8 or 16;
    }

    /// <summary>
    /// 3GPP TS 26.114 §7.4.5: degrees by which the receiver turns the picture clockwise: 0, 90, 180 or 270.
    /// </summary>
    public static bool TryReadVideoOrientation(ReadOnlySpan<byte> value, out int degrees)
    {
        degrees = value.IsEmpty ? 0 : (value[0] & 0x03) * 90;
        return value.Length == 1;
    }
}
