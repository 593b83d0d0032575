using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <content>Ending an association (RFC 9260 §9), and packets that belong to none (§8.4, §8.5).</content>
public sealed partial class SctpAssociation
{
    /// <summary>The T bit: the verification tag is the one that the receiver itself uses for sending (RFC 9260 §8.5.1).</summary>
    private const byte ReflectedTagFlag = 1;

    private uint _farewellTag;
    private SctpErrorCause _abortCause;
    private bool _isAbortDue;
    private bool _isShutdownDue;
    private bool _isShutdownAckDue;
    private bool _isShutdownCompleteDue;

    /// <summary>The tag was taken from the packet that is answered, not from the handshake.</summary>
    private bool _isTagReflected;

    /// <summary>Ends the association once everything that was accepted is acknowledged; nothing more can be sent.</summary>
    public void Shutdown(Timestamp now)
    {
        if (_state is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed)
        {
            Abort();
        }
        else if (_state == SctpState.Established)
        {
            _state = SctpState.ShutdownPending;

            // RFC 9260 §9.2: T5 takes five times RTO.Max.
            _timers.Set(SctpTimer.ShutdownGuard, now + (_options.RtoMax * 5));
            UpdateShutdown(now);
        }
    }

    /// <summary>Ends the association at once; the peer is told by the next packet that is taken out.</summary>
    public void Abort() => Abort(SctpErrorCause.UserInitiatedAbort, SctpCloseReason.LocalAbort);

    private void Abort(SctpErrorCause cause, SctpCloseReason reason)
    {
        if (_state == SctpState.Ended)
        {
            return;
        }

        // Before the peer's tag is known there is nobody to tell.
        var tag = _peer.Tag;
        End(reason);
        _isAbortDue = tag != 0;
        _farewellTag = tag;
        _abortCause = cause;
    }

    private void End(SctpCloseReason reason)
    {
        if (_state == SctpState.Ended)
        {
            return;
        }

        Release();
        _state = SctpState.Ended;
        Raise(new SctpEvent(SctpEventKind.Closed, Reason: reason));
    }

    /// <summary>Gives buffers back and stops all timers; messages that are complete can still be read.</summary>
    private void Release()
    {
        _sender.Reset();
        _receiver.Messages.Reset();
        _control.Clear();
        _outgoingResets.Clear();
        _reply?.Dispose();
        _reply = null;
        _cookie = null;
        _isHeartbeatDue = false;
        StopShutdown();
        foreach (var timer in Enum.GetValues<SctpTimer>())
        {
            _timers.Stop(timer);
        }
    }

    private void StopShutdown()
    {
        _isShutdownDue = false;
        _isShutdownAckDue = false;
        _timers.Stop(SctpTimer.Shutdown);
        _timers.Stop(SctpTimer.ShutdownGuard);
    }

    private bool TryHandleShutdown(Timestamp now, SctpChunk chunk)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(chunk.Value, out var cumulative))
        {
            return Malformed();
        }

        switch (_state)
        {
            case SctpState.Established:
            case SctpState.ShutdownPending:
            case SctpState.ShutdownReceived:
                if (!_sender.TryHandleCumulativeAck(now, new Tsn(cumulative)))
                {
                    return Malformed();
                }

                _state = SctpState.ShutdownReceived;
                break;

            case SctpState.ShutdownSent:
            case SctpState.ShutdownAckSent:
                // Both shut down at once (RFC 9260 §9.2), or our answer was lost.
                _state = SctpState.ShutdownAckSent;
                _isShutdownAckDue = true;
                _timers.Set(SctpTimer.Shutdown, now + _sender.Rto.Current);
                break;

            default:
                break;
        }

        return true;
    }

    private bool TryHandleShutdownAck()
    {
        if (_state is SctpState.ShutdownSent or SctpState.ShutdownAckSent)
        {
            var tag = _peer.Tag;
            End(SctpCloseReason.Shutdown);
            _isShutdownCompleteDue = true;
            _farewellTag = tag;
        }

        return false;
    }

    private bool TryHandleShutdownComplete()
    {
        if (_state == SctpState.ShutdownAckSent)
        {
            End(SctpCloseReason.Shutdown);
        }

        return false;
    }

    /// <summary>When all our data is acknowledged, a shutdown takes its next step.</summary>
    private void UpdateShutdown(Timestamp now)
    {
        if (!_sender.IsEmpty)
        {
            return;
        }

        if (_state == SctpState.ShutdownPending)
        {
            _state = SctpState.ShutdownSent;
            _isShutdownDue = true;
            _timers.Set(SctpTimer.Shutdown, now + _sender.Rto.Current);
        }
        else if (_state == SctpState.ShutdownReceived)
        {
            _state = SctpState.ShutdownAckSent;
            _isShutdownAckDue = true;
            _timers.Set(SctpTimer.Shutdown, now + _sender.Rto.Current);
        }
    }

    private void RepeatShutdown(Timestamp now)
    {
        _sender.Rto.BackOff();
        _isShutdownDue = _state == SctpState.ShutdownSent;
        _isShutdownAckDue = _state == SctpState.ShutdownAckSent;
        _timers.Set(SctpTimer.Shutdown, now + _sender.Rto.Current);
    }

    /// <summary>RFC 9260 §8.5 and §8.5.1.</summary>
    private bool IsTagAcceptable(in SctpPacket packet, SctpChunk chunk, bool isFirst)
    {
        var tag = packet.VerificationTag;
        if (_state == SctpState.Ended)
        {
            return false;
        }

        return chunk.Type switch
        {
            SctpChunkType.Init => tag == 0,

            // Its cookie says which tag belongs to it.
            SctpChunkType.CookieEcho => isFirst,
            SctpChunkType.Abort or SctpChunkType.ShutdownComplete =>
                _state != SctpState.Closed
                && ((chunk.Flags & ReflectedTagFlag) == 0 ? tag == _local.Tag : _peer.Tag != 0 && tag == _peer.Tag),
            _ => _state != SctpState.Closed && tag == _local.Tag,
        };
    }

    /// <summary>
    /// RFC 9260 §8.4: a peer that still talks to an association which has ended learns so. Nothing else is answered: over DTLS
    /// there is only this one peer, and one association at a time.
    /// </summary>
    private void AnswerOutOfTheBlue(in SctpPacket packet, SctpChunk chunk)
    {
        if (_state != SctpState.Ended || _isAbortDue || _isShutdownCompleteDue
            || chunk.Type is SctpChunkType.Abort or SctpChunkType.ShutdownComplete or SctpChunkType.Error
            or SctpChunkType.CookieAck)
        {
            return;
        }

        var isFarewell = chunk.Type == SctpChunkType.ShutdownAck;
        _isAbortDue = !isFarewell;
        _isShutdownCompleteDue = isFarewell;
        _abortCause = SctpErrorCause.None;

        // An INIT names the tag that its sender wants to see; anything else only shows the tag that it uses itself.
        _isTagReflected = chunk.Type != SctpChunkType.Init || chunk.Value.Length < sizeof(uint);
        _farewellTag = _isTagReflected ? packet.VerificationTag : BinaryPrimitives.ReadUInt32BigEndian(chunk.Value);
    }

    private bool TryWriteFarewell(Span<byte> destination, out int length)
    {
        length = 0;
        if (!_isAbortDue && !_isShutdownCompleteDue)
        {
            return false;
        }

        var flags = _isTagReflected ? ReflectedTagFlag : (byte)0;
        var writer = new SctpPacketWriter(destination);
        if (_isShutdownCompleteDue)
        {
            writer.TryAddChunk(SctpChunkType.ShutdownComplete, flags, valueLength: 0, out _);
        }
        else if (_abortCause == SctpErrorCause.None)
        {
            writer.TryAddChunk(SctpChunkType.Abort, flags, valueLength: 0, out _);
        }
        else if (writer.TryAddChunk(SctpChunkType.Abort, flags, SctpParameterReader.HeaderLength, out var cause))
        {
            BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)_abortCause);
            BinaryPrimitives.WriteUInt16BigEndian(cause[2..], SctpParameterReader.HeaderLength);
        }

        _isAbortDue = false;
        _isShutdownCompleteDue = false;
        length = writer.Complete(_options.LocalPort, _options.RemotePort, _farewellTag, hasChecksum: true);
        return true;
    }
}
