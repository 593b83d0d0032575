using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// What a receiver reports of one source (RFC 3550 §6.4.1; the algorithms are those of appendices A.1, A.3 and A.8).
/// Probation (A.1) is left out: a packet that SRTP has authenticated comes from a real source. One thread at a time.
/// </summary>
public sealed class ReceptionStatistics(int clockRate)
{
    // RFC 3550 A.1.
    private const int MaxDropout = 3_000;
    private const int MaxMisorder = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly int _clockRate = clockRate;
    private bool _hasPackets;
    private long _base;
    private long _highest;
    private SequenceNumber? _expectedAfterJump;
    private long _received;
    private long _expectedBefore;
    private long _receivedBefore;
    private uint? _transit;

    // Scaled by 16, as in A.8.
    private uint _jitter;
    private uint _lastSenderReport;
    private Timestamp _lastSenderReportArrival;

    /// <summary>
    /// Packets since the beginning, or since the source last began anew, repeated ones counted again.
    /// </summary>
    public long Received => _received;

    /// <summary>Packets that should have come by the highest sequence number.</summary>
    public long Expected => _hasPackets ? _highest - _base + 1 : 0;

    /// <summary>Negative when packets came more than once.</summary>
    public long Lost => Expected - Received;

    /// <summary>Interarrival jitter in ticks of the RTP clock.</summary>
    public uint JitterTicks => _jitter >> 4;

    public TimeSpan Jitter => TimeSpan.FromTicks(JitterTicks * TimeSpan.TicksPerSecond / _clockRate);

    /// <summary>Cycles in the high 16 bits, highest sequence number in the low.</summary>
    public uint ExtendedHighestSequence => (uint)_highest;

    /// <summary>Counts a packet that arrived at <paramref name="now"/>.</summary>
    public void OnPacket(Timestamp now, SequenceNumber sequenceNumber, RtpTimestamp timestamp)
    {
        if (!_hasPackets)
        {
            Begin(sequenceNumber);
        }

        var distance = new SequenceNumber((ushort)_highest).DistanceTo(sequenceNumber);
        if (distance is >= MaxDropout or < -MaxMisorder)
        {
            // A.1: one packet far away is a stray; two in a row mean that the source began anew.
            if (_expectedAfterJump != sequenceNumber)
            {
                _expectedAfterJump = sequenceNumber.Next;
                return;
            }

            Begin(sequenceNumber);
            distance = 0;
        }

        _expectedAfterJump = null;
        _highest += Math.Max(distance, 0);
        _received++;
        UpdateJitter(now, timestamp);
    }

    /// <summary>Takes the source's own report, for the round trip that it computes from our next one.</summary>
    public void OnSenderReport(Timestamp now, NtpTime ntpTime)
    {
        _lastSenderReport = ntpTime.Middle;
        _lastSenderReportArrival = now;
    }

    /// <summary>
    /// The block for the next report; its fraction lost counts from the call before. False while no packet has come.
    /// </summary>
    public bool TryTakeReportBlock(Timestamp now, Ssrc source, out ReportBlock block)
    {
        if (!_hasPackets)
        {
            block = default;
            return false;
        }

        block = new ReportBlock(
            source,
            TakeFractionLost(),
            (int)Math.Clamp(Lost, -0x80_0000, 0x7F_FFFF),
            ExtendedHighestSequence,
            JitterTicks,
            _lastSenderReport,
            GetDelaySinceLastSenderReport(now));
        return true;
    }

    private void Begin(SequenceNumber first)
    {
        _hasPackets = true;
        _base = first.Value;
        _highest = first.Value;
        _received = 0;
        _expectedBefore = 0;
        _receivedBefore = 0;
        _transit = null;
    }

    // A.8, with the arrival in ticks modulo 2^32 like the timestamp.
    private void UpdateJitter(Timestamp now, RtpTimestamp timestamp)
    {
        var (seconds, nanoseconds) = Math.DivRem(now.Nanoseconds, NanosecondsPerSecond);
        var arrival = (uint)((seconds * _clockRate) + (nanoseconds * _clockRate / NanosecondsPerSecond));
        var transit = arrival - timestamp.Value;
        if (_transit is { } last)
        {
            var difference = Math.Abs((long)(int)(transit - last));
            _jitter = (uint)(_jitter + difference - ((_jitter + 8) >> 4));
        }

        _transit = transit;
    }

    // A.3
    private byte TakeFractionLost()
    {
        var expected = Expected - _expectedBefore;
        var lost = expected - (_received - _receivedBefore);
        _expectedBefore = Expected;
        _receivedBefore = _received;
        return expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min((lost << 8) / expected, byte.MaxValue);
    }

    private uint GetDelaySinceLastSenderReport(Timestamp now)
    {
        if (_lastSenderReport == 0)
        {
            return 0;
        }

        var delay = now - _lastSenderReportArrival;
        return (uint)Math.Clamp(delay.Ticks * 65_536 / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
    }
}
