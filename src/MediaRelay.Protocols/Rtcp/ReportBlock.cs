using System.Buffers.Binary;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>Reception of one source, in sender and receiver reports (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The source reported on.</param>
/// <param name="FractionLost">Lost since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Lost since the beginning, 24 bits signed: repeated packets make it negative.</param>
/// <param name="ExtendedHighestSequence">Cycles of the sequence number in the high 16 bits, highest number received in
/// the low.</param>
/// <param name="Jitter">Interarrival jitter in ticks of the source's RTP clock.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time of the last sender report; 0 when there was
/// none.</param>
/// <param name="DelaySinceLastSenderReport">From receiving that to sending this, in 1/65,536 s.</param>
public readonly record struct ReportBlock(
    Ssrc Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint ExtendedHighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    public const int Length = 24;

    /// <summary>
    /// Round trip between us and who reports: <paramref name="now"/> − LSR − DLSR (RFC 3550 §6.4.1), on the clock that
    /// the sender reports were written with. Null when no sender report had arrived there. The result is as true as the
    /// peer's report; what comes out negative by rounding is zero.
    /// </summary>
    public TimeSpan? RoundTrip(NtpTime now)
    {
        if (LastSenderReport == 0)
        {
            return null;
        }

        var units = (int)(now.Middle - LastSenderReport - DelaySinceLastSenderReport);
        return TimeSpan.FromTicks(Math.Max(units, 0) * TimeSpan.TicksPerSecond / 65_536);
    }

    internal static ReportBlock Read(ReadOnlySpan<byte> data) => new(
        new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(data)),
        data[4],
        BinaryPrimitives.ReadInt32BigEndian(data[4..]) << 8 >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(data[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[20..]));

    internal void Write(Span<byte> destination)
    {
        var lost = Math.Clamp(CumulativeLost, -0x80_0000, 0x7F_FFFF);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], DelaySinceLastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ExtendedHighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ((uint)FractionLost << 24) | ((uint)lost & 0xFF_FFFF));
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc.Value);
    }
}
