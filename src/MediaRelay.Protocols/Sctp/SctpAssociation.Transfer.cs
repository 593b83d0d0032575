using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <content>A running association: data, acknowledgements, resets and heartbeats.</content>
public sealed partial class SctpAssociation
{
    /// <summary>A nonce, and when the heartbeat was sent.</summary>
    private const int HeartbeatInfoLength = 16;

    private long _heartbeatNonce;
    private bool _isHeartbeatDue;

    /// <summary>States in which the peer may send data (RFC 9260 §6).</summary>
    private bool CanReceive => _state is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    /// <summary>States in which our data may be under way.</summary>
    private bool CanSend => _state is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived;

    private bool TryHandleData(SctpChunk chunk)
    {
        if (!DataChunk.TryParse(chunk, out var data))
        {
            return Malformed();
        }

        if (!CanReceive)
        {
            return true;
        }

        if (data.UserData.IsEmpty)
        {
            // RFC 9260 §6.2 asks for an abort.
            _drops.Count(DropReason.SctpMalformed);
            Abort(SctpErrorCause.NoUserData, SctpCloseReason.ProtocolViolation);
            return false;
        }

        if (_state == SctpState.ShutdownSent)
        {
            // The peer still has data to deliver before it can answer the SHUTDOWN; T5 bounds how long (RFC 9260 §9.2).
            _timeoutsInRow = 0;
        }

        var isStreamKnown = data.Stream < _incomingResets.IncomingStreams;
        if (!isStreamKnown)
        {
            Span<byte> information = stackalloc byte[4];
            information.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(information, data.Stream);
            _control.TryAddError(SctpErrorCause.InvalidStreamIdentifier, information);
        }

        _receiver.HandleData(data, isStreamKnown);
        return true;
    }

    private bool TryHandleSack(Timestamp now, SctpChunk chunk)
    {
        if (!SackChunk.TryParse(chunk, out var sack))
        {
            return Malformed();
        }

        if (!CanSend && _state != SctpState.CookieEchoed)
        {
            return true;
        }

        if (!_sender.TryHandleSack(now, sack, out var isProgress))
        {
            return Malformed();
        }

        if (isProgress)
        {
            _timeoutsInRow = 0;
        }

        return true;
    }

    private bool TryHandleForwardTsn(SctpChunk chunk)
    {
        if (!ForwardTsnChunk.TryParse(chunk, out var forward))
        {
            return Malformed();
        }

        if (CanReceive)
        {
            _receiver.HandleForwardTsn(forward);
        }

        return true;
    }

    private bool TryHandleReconfig(Timestamp now, SctpChunk chunk)
    {
        if (_state != SctpState.Established)
        {
            return true;
        }

        var parameters = new SctpParameterReader(chunk.Value);
        while (parameters.TryRead(out var type, out var parameter))
        {
            if (type == SctpParameterType.ReconfigResponse)
            {
                HandleReconfigResponse(now, parameter);
            }
            else
            {
                _incomingResets.Handle(type, parameter, _control);
            }
        }

        return !parameters.IsMalformed || Malformed();
    }

    private void HandleReconfigResponse(Timestamp now, ReadOnlySpan<byte> parameter)
    {
        if (!ReconfigChunk.TryReadSequence(parameter, out var sequence) || !ReconfigChunk.TryReadResponse(parameter, out var result))
        {
            _drops.Count(DropReason.SctpMalformed);
            return;
        }

        _timeoutsInRow = 0;
        if (!_outgoingResets.TryFinish(now, _sender.Rto.Current, sequence, result, out var streams))
        {
            return;
        }

        foreach (var stream in streams)
        {
            if (result is ReconfigResult.Performed or ReconfigResult.NothingToDo)
            {
                _sender.ResetSequence(stream);
            }

            Raise(new SctpEvent(SctpEventKind.OutgoingStreamReset, stream));
        }
    }

    private void PerformIncomingResets()
    {
        if (!_incomingResets.TryPerform(_receiver.Cumulative, _control, out var streams))
        {
            return;
        }

        foreach (var stream in streams)
        {
            _receiver.Messages.ResetStream(stream);
            Raise(new SctpEvent(SctpEventKind.IncomingStreamReset, stream));
        }
    }

    private bool TryHandleHeartbeat(SctpChunk chunk)
    {
        if (_state is SctpState.Closed or SctpState.CookieWait)
        {
            return true;
        }

        // RFC 9260 §8.3: the answer carries back what it was asked with.
        if (_control.TryAdd(SctpChunkType.HeartbeatAck, flags: 0, chunk.Value.Length, out var value))
        {
            chunk.Value.CopyTo(value);
        }

        return true;
    }

    private bool TryHandleHeartbeatAck(Timestamp now, SctpChunk chunk)
    {
        var parameters = new SctpParameterReader(chunk.Value);
        if (!parameters.TryRead(out var type, out var parameter) || type != SctpParameterType.HeartbeatInfo
            || parameter.Length != SctpParameterReader.HeaderLength + HeartbeatInfoLength)
        {
            return Malformed();
        }

        var info = parameter[SctpParameterReader.HeaderLength..];
        if (_timers.IsRunning(SctpTimer.HeartbeatAnswer) && BinaryPrimitives.ReadInt64BigEndian(info) == _heartbeatNonce)
        {
            _timers.Stop(SctpTimer.HeartbeatAnswer);
            _timeoutsInRow = 0;
            _sender.Rto.Measure(now - new Timestamp(BinaryPrimitives.ReadInt64BigEndian(info[8..])));
        }

        return true;
    }

    private void HandleHeartbeatTimeouts(Timestamp now)
    {
        if (_timers.TryExpire(now, SctpTimer.HeartbeatAnswer) && !IsPeerLost())
        {
            _sender.Rto.BackOff();
        }

        if (_timers.TryExpire(now, SctpTimer.Heartbeat))
        {
            // Data that is under way tells as much.
            _isHeartbeatDue = _state == SctpState.Established && _sender.IsEmpty;
            ScheduleHeartbeat(now);
        }
    }

    /// <summary>RFC 9260 §8.3: the interval and one RTO, give or take half of the RTO so that associations do not beat together.</summary>
    private void ScheduleHeartbeat(Timestamp now)
    {
        if (_options.HeartbeatInterval > TimeSpan.Zero && _state == SctpState.Established)
        {
            _timers.Set(
                SctpTimer.Heartbeat,
                now + _options.HeartbeatInterval + (_sender.Rto.Current * (0.5 + _random.NextDouble())));
        }
    }

    private void WriteHeartbeat(Timestamp now, ref SctpPacketWriter writer)
    {
        const int Length = SctpParameterReader.HeaderLength + HeartbeatInfoLength;
        if (!_isHeartbeatDue || !writer.TryAddChunk(SctpChunkType.Heartbeat, flags: 0, Length, out var value))
        {
            return;
        }

        _isHeartbeatDue = false;
        _heartbeatNonce = _random.NextInt64();
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)SctpParameterType.HeartbeatInfo);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], Length);
        BinaryPrimitives.WriteInt64BigEndian(value[4..], _heartbeatNonce);
        BinaryPrimitives.WriteInt64BigEndian(value[12..], now.Nanoseconds);
        _timers.Set(SctpTimer.HeartbeatAnswer, now + _sender.Rto.Current);
    }
}
