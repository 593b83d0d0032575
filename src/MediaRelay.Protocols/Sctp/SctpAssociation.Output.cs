using System.Buffers.Binary;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <content>Building packets: control chunks first, then data, as much as fits (RFC 9260 §6.10).</content>
public sealed partial class SctpAssociation
{
    /// <summary>
    /// Writes the next packet for DTLS, of at most <see cref="SctpOptions.MaxPacketSize"/> bytes; false when there is nothing to
    /// send now. Messages that were accepted since the last call share packets.
    /// </summary>
    public bool TryWritePacket(Timestamp now, Span<byte> destination, out int length)
    {
        if (destination.Length < _options.MaxPacketSize)
        {
            throw new ArgumentException($"A packet needs room for {_options.MaxPacketSize} bytes.", nameof(destination));
        }

        destination = destination[.._options.MaxPacketSize];
        if (TryWriteFarewell(destination, out length) || TryTakeReply(destination, out length))
        {
            return true;
        }

        var writer = new SctpPacketWriter(destination);
        var tag = _peer.Tag;

        // RFC 9653 §5.2: the zero checksum never goes with INIT or COOKIE ECHO.
        var hasChecksum = !_peer.Supports(SctpExtensions.ZeroChecksum);
        if (_state == SctpState.CookieWait)
        {
            tag = 0;
            hasChecksum = true;
            WriteInit(now, ref writer);
        }
        else if (_state == SctpState.CookieEchoed)
        {
            hasChecksum = true;
            WriteCookieEcho(now, ref writer);
        }
        else if (_state is not (SctpState.Closed or SctpState.Ended))
        {
            WriteChunks(now, ref writer);
        }

        length = 0;
        if (writer.IsEmpty)
        {
            return false;
        }

        length = writer.Complete(_options.LocalPort, _options.RemotePort, tag, hasChecksum);
        return true;
    }

    private bool TryTakeReply(Span<byte> destination, out int length)
    {
        length = 0;
        if (_reply is not { } reply)
        {
            return false;
        }

        reply.Span.CopyTo(destination);
        length = reply.Length;
        reply.Dispose();
        _reply = null;
        return true;
    }

    private void WriteInit(Timestamp now, ref SctpPacketWriter writer)
    {
        if (_isInitDue && InitChunk.TryWrite(ref writer, SctpChunkType.Init, _local, cookie: [], unrecognized: []))
        {
            _isInitDue = false;
            _handshakeSentAt = now;
        }
    }

    /// <summary>Messages that wait already ride along with the cookie, which saves a round trip (RFC 9260 §5.1, note at D).</summary>
    private void WriteCookieEcho(Timestamp now, ref SctpPacketWriter writer)
    {
        if (!_isCookieEchoDue || !writer.TryAddChunk(SctpChunkType.CookieEcho, flags: 0, _cookie!.Length, out var value))
        {
            return;
        }

        _cookie.CopyTo(value);
        _isCookieEchoDue = false;
        _control.Write(ref writer);
        _sender.Write(now, ref writer);
    }

    private void WriteChunks(Timestamp now, ref SctpPacketWriter writer)
    {
        _control.Write(ref writer);

        var hasData = CanSend && _sender.CanWrite;
        if (_receiver.IsSackDue || (hasData && _receiver.HasUnacknowledged))
        {
            _receiver.TryWriteSack(ref writer);
        }

        WriteHeartbeat(now, ref writer);
        if (_state == SctpState.Established)
        {
            _outgoingResets.Write(now, _sender, _sender.Rto.Current, _incomingResets.LastSequence, ref writer);
        }

        if (hasData)
        {
            _sender.Write(now, ref writer);
        }

        WriteShutdown(ref writer);
    }

    private void WriteShutdown(ref SctpPacketWriter writer)
    {
        if (_isShutdownDue && writer.TryAddChunk(SctpChunkType.Shutdown, flags: 0, sizeof(uint), out var value))
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, _receiver.Cumulative.Value);
            _isShutdownDue = false;
        }

        if (_isShutdownAckDue && writer.TryAddChunk(SctpChunkType.ShutdownAck, flags: 0, valueLength: 0, out _))
        {
            _isShutdownAckDue = false;
        }
    }
}
