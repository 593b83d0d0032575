using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <content>Setting an association up (RFC 9260 §5), from either side or both at once.</content>
public sealed partial class SctpAssociation
{
    /// <summary>Bytes of parameters that we do not know and report to the peer; more go unreported.</summary>
    private const int MaxUnrecognized = 256;

    private SctpState _state;
    private Timestamp _handshakeSentAt;
    private byte[]? _cookie;
    private PacketBuffer? _reply;
    private int _handshakeRepeats;
    private bool _isInitDue;
    private bool _isCookieEchoDue;

    /// <summary>Begins the handshake; without it the association waits for the peer's.</summary>
    public void Connect(Timestamp now)
    {
        if (_state != SctpState.Closed)
        {
            throw new InvalidOperationException($"An association in state {_state} cannot connect.");
        }

        _local = MakeTerms();
        _state = SctpState.CookieWait;
        _isInitDue = true;
        _timers.Set(SctpTimer.Handshake, now + _sender.Rto.Current);
    }

    private SctpPeerTerms MakeTerms() => new(
        Tag: (uint)_random.NextInt64(1, 1L << 32),
        Window: (uint)_options.ReceiveWindow,
        OutgoingStreams: SctpOptions.MaxStreams,
        IncomingStreams: SctpOptions.MaxStreams,
        InitialTsn: new Tsn((uint)_random.NextInt64(1L << 32)),
        SctpExtensions.None);

    private void HandleHandshakeTimeout(Timestamp now)
    {
        _handshakeRepeats++;
        if (_handshakeRepeats > _options.MaxInitRetransmissions)
        {
            End(SctpCloseReason.HandshakeTimeout);
            return;
        }

        _isInitDue = _state == SctpState.CookieWait;
        _isCookieEchoDue = _state == SctpState.CookieEchoed;
        _sender.Rto.BackOff();
        _timers.Set(SctpTimer.Handshake, now + _sender.Rto.Current);
    }

    private bool TryHandleInit(Timestamp now, SctpChunk chunk)
    {
        Span<byte> unrecognized = stackalloc byte[MaxUnrecognized];
        if (!InitChunk.TryParse(chunk, unrecognized, out var unrecognizedLength, out var init) || !init.Terms.IsValid)
        {
            return Malformed();
        }

        if (_state == SctpState.ShutdownAckSent)
        {
            // RFC 9260 §9.2: the peer has gone and wants to come back; it first has to take our farewell.
            _isShutdownAckDue = true;
            return false;
        }

        // RFC 9260 §5.2.1: both began at once, so the answer repeats what our own INIT said. §5.2.2: on a running association the
        // answer has a new tag, and the cookie remembers the old ones.
        var isCollision = _state is SctpState.CookieWait or SctpState.CookieEchoed;
        var hasPeer = _state is not (SctpState.Closed or SctpState.CookieWait);
        var local = isCollision ? _local : MakeTerms();
        var cookie = new StateCookie(local, init.Terms, hasPeer ? _local.Tag : 0, hasPeer ? _peer.Tag : 0, now);
        Span<byte> cookieBytes = stackalloc byte[StateCookie.Length];
        cookie.Write(cookieBytes);

        var reply = RentReply();
        var writer = new SctpPacketWriter(reply.Space[.._options.MaxPacketSize]);
        if (!InitChunk.TryWrite(ref writer, SctpChunkType.InitAck, local, cookieBytes, unrecognized[..unrecognizedLength]))
        {
            // Reports are the only part that can be too long.
            InitChunk.TryWrite(ref writer, SctpChunkType.InitAck, local, cookieBytes, unrecognized: []);
        }

        CompleteReply(reply, writer, init.Terms.Tag);
        return false;
    }

    private bool TryHandleInitAck(Timestamp now, SctpChunk chunk)
    {
        if (_state != SctpState.CookieWait)
        {
            // RFC 9260 §5.2.3: one that comes late or twice is no error.
            return false;
        }

        Span<byte> unrecognized = stackalloc byte[MaxUnrecognized];
        if (!InitChunk.TryParse(chunk, unrecognized, out var unrecognizedLength, out var init) || !init.Terms.IsValid)
        {
            return Malformed();
        }

        var longestCookie = (_options.MaxPacketSize & ~3) - SctpPacket.HeaderLength - SctpChunk.HeaderLength;
        if (init.Cookie.IsEmpty || init.Cookie.Length > longestCookie)
        {
            _peer = init.Terms;
            Abort(SctpErrorCause.MissingMandatoryParameter, SctpCloseReason.ProtocolViolation);
            return false;
        }

        if (_handshakeRepeats == 0)
        {
            _sender.Rto.Measure(now - _handshakeSentAt);
        }

        if (unrecognizedLength > 0)
        {
            _control.TryAddError(SctpErrorCause.UnrecognizedParameters, unrecognized[..unrecognizedLength]);
        }

        Agree(now, _local, init.Terms);
        _cookie = init.Cookie.ToArray();
        _state = SctpState.CookieEchoed;
        _handshakeRepeats = 0;
        _isInitDue = false;
        _isCookieEchoDue = true;
        _timers.Set(SctpTimer.Handshake, now + _sender.Rto.Current);
        return false;
    }

    /// <summary>RFC 9260 §5.1.5 and, when there is an association already, the table of §5.2.4.</summary>
    private bool TryHandleCookieEcho(Timestamp now, SctpChunk chunk, uint tag)
    {
        if (!StateCookie.TryParse(chunk.Value, out var cookie) || cookie.Local.Tag != tag)
        {
            _drops.Count(DropReason.SctpBadTag);
            return false;
        }

        var isLocalTag = cookie.Local.Tag == _local.Tag;
        var isPeerTag = cookie.Peer.Tag == _peer.Tag;
        if (cookie.IsExpired(now) && !(isLocalTag && isPeerTag))
        {
            AnswerStaleCookie(cookie);
            return false;
        }

        switch (_state)
        {
            case SctpState.Closed:
                Agree(now, cookie.Local, cookie.Peer);
                Establish(now);
                break;

            case SctpState.CookieWait when isLocalTag:
            case SctpState.CookieEchoed when isLocalTag:
                // B and D: both sides began at once; the cookie settles it.
                if (!isPeerTag)
                {
                    Agree(now, cookie.Local, cookie.Peer);
                }

                Establish(now);
                break;

            case var _ when isLocalTag && isPeerTag:
                // D: our COOKIE ACK was lost.
                break;

            case SctpState.Established when isLocalTag:
                // B, late: the peer's INIT crossed ours and its tag is the newer one.
                _peer = _peer with { Tag = cookie.Peer.Tag };
                break;

            case SctpState.ShutdownAckSent when IsRestart(cookie):
                _isShutdownAckDue = true;
                return false;

            case SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent or SctpState.ShutdownReceived
                when IsRestart(cookie):
                Restart(now, cookie);
                break;

            default:
                // C and everything else that fits no row.
                _drops.Count(DropReason.SctpBadTag);
                return false;
        }

        _control.TryAdd(SctpChunkType.CookieAck, flags: 0, valueLength: 0, out _);
        return true;
    }

    private bool TryHandleCookieAck(Timestamp now)
    {
        if (_state == SctpState.CookieEchoed)
        {
            Establish(now);
        }

        return true;
    }

    private bool IsRestart(in StateCookie cookie) =>
        cookie.Local.Tag != _local.Tag && cookie.Peer.Tag != _peer.Tag
        && cookie.LocalTieTag == _local.Tag && cookie.PeerTieTag == _peer.Tag;

    /// <summary>Both sides' terms are known: TSNs, windows and extensions are set.</summary>
    private void Agree(Timestamp now, in SctpPeerTerms local, in SctpPeerTerms peer)
    {
        _local = local;
        _peer = peer;
        _sender.Start(now, local.InitialTsn, peer);
        _receiver.Start(peer.InitialTsn);
        _outgoingResets.Start(local.InitialTsn);
        _incomingResets.Start(peer);
    }

    private void Establish(Timestamp now)
    {
        _state = SctpState.Established;
        _cookie = null;
        _isInitDue = false;
        _isCookieEchoDue = false;
        _timeoutsInRow = 0;
        _timers.Stop(SctpTimer.Handshake);
        ScheduleHeartbeat(now);
        Raise(new SctpEvent(SctpEventKind.Connected));
        while (!SupportsStreamReset && _outgoingResets.TryGiveUp(out var stream))
        {
            Raise(new SctpEvent(SctpEventKind.OutgoingStreamReset, stream));
        }
    }

    private void Restart(Timestamp now, in StateCookie cookie)
    {
        _sender.Reset();
        _control.Clear();
        _outgoingResets.Clear();
        StopShutdown();
        Agree(now, cookie.Local, cookie.Peer);
        _state = SctpState.Established;
        _timeoutsInRow = 0;
        ScheduleHeartbeat(now);
        Raise(new SctpEvent(SctpEventKind.Restarted));
    }

    /// <summary>RFC 9260 §5.1.5, 3: the client learns that it was too slow and begins again.</summary>
    private void AnswerStaleCookie(in StateCookie cookie)
    {
        var reply = RentReply();
        var writer = new SctpPacketWriter(reply.Space[.._options.MaxPacketSize]);

        // The cause is followed by how many microseconds the cookie is too old; 0 says that it is not told.
        if (writer.TryAddChunk(SctpChunkType.Error, flags: 0, valueLength: 8, out var cause))
        {
            ReadOnlySpan<byte> staleCookie = [0, (byte)SctpErrorCause.StaleCookie, 0, 8, 0, 0, 0, 0];
            staleCookie.CopyTo(cause);
        }

        CompleteReply(reply, writer, cookie.Peer.Tag);
    }

    private bool TryHandleError(Timestamp now, SctpChunk chunk)
    {
        var causes = new SctpParameterReader(chunk.Value);
        while (_state == SctpState.CookieEchoed && causes.TryRead(out var cause, out _))
        {
            if ((SctpErrorCause)cause == SctpErrorCause.StaleCookie)
            {
                _state = SctpState.CookieWait;
                _isCookieEchoDue = false;
                HandleHandshakeTimeout(now);
            }
        }

        return true;
    }

    /// <summary>One whole packet may wait as an answer outside of the association; a newer one replaces it.</summary>
    private PacketBuffer RentReply()
    {
        _reply?.Dispose();
        _reply = _pool.Rent();
        return _reply;
    }

    private void CompleteReply(PacketBuffer reply, in SctpPacketWriter writer, uint tag)
    {
        var length = writer.Complete(_options.LocalPort, _options.RemotePort, tag, hasChecksum: true);
        reply.SetRange(PacketBuffer.Headroom, length);
    }
}
