namespace MediaRelay.Protocols.Srtp;

/// <summary>What one direction of a session remembers of one SSRC (RFC 3711 §3.2.1).</summary>
internal sealed class SrtpSource(uint ssrc)
{
    // At 60 packets per video frame of a key frame, 1,024 still spans half a second of reordering and of RTX on the same SSRC.
    private const int RtpWindowSize = 1024;
    private const int RtcpWindowSize = 128;

    private const long SequenceSpan = 1L << 16;

    private ReplayWindow? _rtp;
    private ReplayWindow? _rtcp;

    public uint Ssrc { get; } = ssrc;

    /// <summary>Highest index so far: 2¹⁶ × rollover counter + sequence number; -1 before the first packet.</summary>
    public long HighestIndex { get; private set; } = -1;

    /// <summary>
    /// The index that a sequence number most likely stands for (RFC 3711 §3.3.1, appendix A); negative when it would lie before the
    /// stream's first rollover.
    /// </summary>
    public long EstimateIndex(ushort sequenceNumber)
    {
        if (HighestIndex < 0)
        {
            return sequenceNumber;
        }

        var last = (int)(HighestIndex & 0xFFFF);
        var sameRollover = HighestIndex - last + sequenceNumber;
        if (last < 0x8000)
        {
            return sequenceNumber - last > 0x8000 ? sameRollover - SequenceSpan : sameRollover;
        }

        return last - 0x8000 > sequenceNumber ? sameRollover + SequenceSpan : sameRollover;
    }

    public void NoteSent(long index) => HighestIndex = Math.Max(HighestIndex, index);

    public bool IsNewRtp(long index) => _rtp is null || _rtp.IsNew(index);

    public void NoteReceivedRtp(long index)
    {
        HighestIndex = Math.Max(HighestIndex, index);
        (_rtp ??= new ReplayWindow(RtpWindowSize)).Mark(index);
    }

    public bool IsNewRtcp(uint index) => _rtcp is null || _rtcp.IsNew(index);

    public void NoteReceivedRtcp(uint index) => (_rtcp ??= new ReplayWindow(RtcpWindowSize)).Mark(index);
}
