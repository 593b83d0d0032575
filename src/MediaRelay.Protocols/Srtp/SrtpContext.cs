using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Srtp;

/// <summary>
/// One direction of one SRTP session (RFC 3711 §3.2): either everything that is sent or everything that is received, for all SSRCs.
/// Nothing is allocated per packet, except for the first of an SSRC. One thread at a time.
/// </summary>
public sealed class SrtpContext : IDisposable
{
    /// <summary>Bytes that protection adds to an RTP packet at most.</summary>
    public const int MaxOverhead = 16;

    /// <summary>Bytes that protection adds to an RTCP packet at most: tag, E flag and index.</summary>
    public const int MaxRtcpOverhead = MaxOverhead + SrtpTransform.RtcpIndexLength;

    private const int RtpHeaderLength = 12;
    private const uint RtcpIndexMask = 0x7FFF_FFFF;

    private readonly SrtpTransform _transform;
    private readonly SrtpSources _sources = new();
    private uint _nextRtcpIndex;

    /// <param name="profile">What was negotiated.</param>
    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">14 bytes for counter mode, 12 for GCM.</param>
    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterKey.Length, SrtpKeys.KeyLength, nameof(masterKey));
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterSalt.Length, SrtpKeys.GetSaltLength(profile), nameof(masterSalt));
        Profile = profile;
        _transform = SrtpTransform.Create(profile, masterKey, masterSalt);
    }

    public SrtpProfile Profile { get; }

    /// <summary>Bytes that this profile adds to an RTP packet.</summary>
    public int Overhead => _transform.TagLength;

    /// <summary>Bytes that this profile adds to an RTCP packet.</summary>
    public int RtcpOverhead => _transform.RtcpOverhead;

    /// <summary>
    /// Checks and decrypts an SRTP packet in place; <paramref name="length"/> is what is left without the tag. False with the reason
    /// when it is malformed, was received before or is older than the replay window, or is forged; state moves only for authentic
    /// packets (RFC 3711 §3.3). After SrtpAuthFailed the packet's bytes are undefined.
    /// </summary>
    public bool TryUnprotectRtp(Span<byte> packet, out int length, out DropReason reason)
    {
        length = packet.Length - _transform.TagLength;
        reason = DropReason.SrtpMalformed;
        if (!TryReadRtpHeaderLength(packet, out var headerLength) || length < headerLength)
        {
            return false;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var source = _sources.Find(ssrc);
        if (source is null && _sources.IsFull)
        {
            reason = DropReason.SrtpTooManySources;
            return false;
        }

        var index = source?.EstimateIndex(sequenceNumber) ?? sequenceNumber;
        if (index < 0 || source?.IsNewRtp(index) == false)
        {
            reason = DropReason.SrtpReplayed;
            return false;
        }

        if (!_transform.TryUnprotectRtp(ssrc, index, packet, headerLength))
        {
            reason = DropReason.SrtpAuthFailed;
            return false;
        }

        (source ?? AddSource(ssrc)).NoteReceivedRtp(index);
        return true;
    }

    /// <summary>
    /// Writes header, encrypted payload and tag to <paramref name="destination"/> and returns their length. A sequence number sent
    /// again within ±2¹⁵ of the highest gets the rollover counter that it had (RFC 3711 §3.3.1); its bytes must then be the same as
    /// the first time, or the keystream is used twice.
    /// </summary>
    /// <param name="header">The RTP header with CSRCs and extensions: at least 12 bytes.</param>
    /// <param name="payload">What follows it, padding included; lies apart from <paramref name="destination"/>, or where it will end up in it.</param>
    /// <param name="destination">At least header, payload and <see cref="Overhead"/>.</param>
    /// <returns>0 when the sequence number lies before the first rollover of its SSRC and so has no index; nothing is written.</returns>
    /// <exception cref="InvalidOperationException">The session has 64 other SSRCs already.</exception>
    public int ProtectRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        var source = _sources.Find(ssrc) ?? AddSource(ssrc);
        var index = source.EstimateIndex(BinaryPrimitives.ReadUInt16BigEndian(header[2..]));
        if (index < 0)
        {
            return 0;
        }

        source.NoteSent(index);
        return _transform.ProtectRtp(ssrc, index, header, payload, destination);
    }

    /// <summary>What sends this SSRC's packets; it and <see cref="ProtectRtp"/> may be used in turn.</summary>
    /// <exception cref="InvalidOperationException">The session has 64 other SSRCs already.</exception>
    public SrtpSender SenderOf(Ssrc ssrc) => new(_transform, _sources.Find(ssrc.Value) ?? AddSource(ssrc.Value));

    /// <summary>
    /// Checks and decrypts an SRTCP packet in place; <paramref name="length"/> is what is left without index and tag. False as in
    /// <see cref="TryUnprotectRtp"/>; also for a packet that is not encrypted, which no WebRTC peer may send (RFC 8827 §6.5).
    /// </summary>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length, out DropReason reason)
    {
        length = packet.Length - _transform.RtcpOverhead;
        reason = DropReason.SrtpMalformed;
        if (length < SrtpTransform.RtcpHeaderLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        // Counter mode ends with the tag, GCM with the index (RFC 3711 §3.4, RFC 7714 §9.2).
        var indexOffset = Profile == SrtpProfile.AeadAes128Gcm ? packet.Length - SrtpTransform.RtcpIndexLength : length;
        var flagAndIndex = BinaryPrimitives.ReadUInt32BigEndian(packet[indexOffset..]);
        var index = flagAndIndex & RtcpIndexMask;
        if (index == flagAndIndex)
        {
            return false;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var source = _sources.Find(ssrc);
        if (source is null && _sources.IsFull)
        {
            reason = DropReason.SrtpTooManySources;
            return false;
        }

        if (source?.IsNewRtcp(index) == false)
        {
            reason = DropReason.SrtpReplayed;
            return false;
        }

        if (!_transform.TryUnprotectRtcp(ssrc, index, packet))
        {
            reason = DropReason.SrtpAuthFailed;
            return false;
        }

        (source ?? AddSource(ssrc)).NoteReceivedRtcp(index);
        return true;
    }

    /// <summary>
    /// Encrypts the first <paramref name="length"/> bytes of <paramref name="packet"/> in place, appends tag and index, and returns
    /// the new length. One index counts for all SSRCs, so each SSRC's indices rise (RFC 3711 §3.2.1 asks for no more).
    /// </summary>
    /// <param name="packet">A compound or reduced-size RTCP packet, with room for <see cref="RtcpOverhead"/> behind it.</param>
    /// <param name="length">Bytes of the plain packet, at least 8.</param>
    /// <exception cref="InvalidOperationException">2³¹ packets have been sent and the keys are used up (RFC 3711 §9.2).</exception>
    public int ProtectRtcp(Span<byte> packet, int length)
    {
        if (_nextRtcpIndex > RtcpIndexMask)
        {
            throw new InvalidOperationException("The SRTCP index is used up.");
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        return _transform.ProtectRtcp(ssrc, _nextRtcpIndex++, packet, length);
    }

    public void Dispose() => _transform.Dispose();

    private SrtpSource AddSource(uint ssrc)
    {
        var source = new SrtpSource(ssrc);
        _sources.Add(source);
        return source;
    }

    // RFC 3550 §5.1: 12 bytes and 4 per CSRC; with X set, 4 bytes and as many words as these say (§5.3.1).
    private static bool TryReadRtpHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = 0;
        if (packet.Length < RtpHeaderLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        length = RtpHeaderLength + ((packet[0] & 0x0F) * 4);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
            {
                return false;
            }

            length += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4);
        }

        return length <= packet.Length;
    }
}
