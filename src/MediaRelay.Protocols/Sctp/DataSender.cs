using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// The sending half of an association: takes messages, cuts them into chunks, and sends and repeats these as congestion control
/// and the peer's window allow. Messages of all streams leave in the order in which they were accepted.
/// </summary>
internal sealed class DataSender(SctpOptions options, TimerTable<SctpTimer> timers, PacketPool pool)
{
    /// <summary>Least bytes of send buffer per chunk, so that a flood of tiny messages is bounded by its bookkeeping too.</summary>
    private const int BytesPerChunk = 64;

    /// <summary>A shorter fragment than its own header and as much again is not worth cutting a message for.</summary>
    private const int LeastFragment = 32;

    private readonly int _maxChunks = options.SendBufferSize / BytesPerChunk;
    private readonly int _maxFragment = (options.MaxPacketSize & ~3) - SctpPacket.HeaderLength - DataChunk.Overhead;
    private readonly int _maxMessage =
        options.MaxOutgoingMessageSize == 0 ? options.SendBufferSize : options.MaxOutgoingMessageSize;

    private readonly SendBuffer _buffer = new(pool);
    private readonly RetransmissionQueue _outstanding = new();
    private readonly StreamSequences _nextSequence = new();
    private readonly RetransmissionTimeout _rto = new(options);
    private CongestionControl _congestion = new(options.MaxPacketSize, options.InitialWindowPackets);
    private RingQueue<OutgoingChunk> _pending;
    private Timestamp _lastSent;
    private uint _peerWindow;
    private int _timeoutsInRow;
    private bool _isWindowLimited;
    private bool _isFastRetransmitDue;
    private bool _isPeerWindowClosed;

    /// <summary>Bytes accepted and not yet acknowledged or given up.</summary>
    public int BufferedBytes => _buffer.Length;

    public int Free => Math.Max(0, _pending.Count + _outstanding.Count < _maxChunks ? options.SendBufferSize - _buffer.Length : 0);

    /// <summary>Bytes accepted since the association began.</summary>
    public long AcceptedBytes => _buffer.End;

    /// <summary>Of these, how many from the first on are acknowledged or given up.</summary>
    public long AcknowledgedBytes => _buffer.End - _buffer.Length;

    /// <summary>Everything that was accepted is acknowledged.</summary>
    public bool IsEmpty => _pending.Count == 0 && _outstanding.Count == 0;

    public Tsn NextTsn => _outstanding.NextTsn;

    public RetransmissionTimeout Rto => _rto;

    public int CongestionWindow => _congestion.Window;

    public int FlightBytes => _outstanding.FlightBytes;

    /// <summary>
    /// Messages may be waiting already; they get the TSNs from <paramref name="first"/> on. When both sides began at once, some may
    /// even have been sent, with a COOKIE ECHO that came to nothing; they are sent again.
    /// </summary>
    public void Start(Timestamp now, Tsn first, in SctpPeerTerms peer)
    {
        var isPartialReliabilityOn = peer.Supports(SctpExtensions.ForwardTsn);
        if (_outstanding.Count == 0)
        {
            _outstanding.Start(first, isPartialReliabilityOn);
        }
        else
        {
            _outstanding.MarkAllLost(now, forgetGapAcks: true);
        }

        _peerWindow = peer.Window;
        _lastSent = now;
    }

    /// <summary>Forgets everything, as the peer did when it began anew.</summary>
    public void Reset()
    {
        _pending.Clear();
        _outstanding.Start(new Tsn(0), isPartialReliabilityOn: false);
        _buffer.Release(_buffer.End);
        _congestion = new CongestionControl(options.MaxPacketSize, options.InitialWindowPackets);
        _nextSequence.ResetAll();
        _timeoutsInRow = 0;
        _isWindowLimited = false;
        _isFastRetransmitDue = false;
        _isPeerWindowClosed = false;
        timers.Stop(SctpTimer.Retransmission);
    }

    /// <summary>Copies a message in; false when it is larger than the peer takes or the buffer is full.</summary>
    public bool TryEnqueue(
        Timestamp now,
        ushort stream,
        uint payloadProtocol,
        ReadOnlySpan<byte> message,
        bool isOrdered,
        int? maxRetransmits,
        TimeSpan? maxLifetime)
    {
        var fragments = (message.Length + _maxFragment - 1) / _maxFragment;
        if (message.Length > _maxMessage
            || message.Length > options.SendBufferSize - _buffer.Length
            || _pending.Count + _outstanding.Count + fragments > _maxChunks)
        {
            return false;
        }

        var chunk = new OutgoingChunk
        {
            Position = _buffer.Append(message),
            PayloadProtocol = payloadProtocol,
            Stream = stream,
            Expiry = maxLifetime is { } lifetime ? now + lifetime : Timestamp.Never,
            MaxRetransmits = (ushort)Math.Clamp(maxRetransmits ?? OutgoingChunk.Reliable, 0, OutgoingChunk.Reliable),
        };
        var kind = isOrdered ? (byte)0 : DataChunk.UnorderedFlag;
        for (var rest = message.Length; rest > 0; rest -= chunk.Length)
        {
            chunk.Length = (ushort)Math.Min(rest, _maxFragment);
            chunk.Flags = kind;
            chunk.Flags |= rest == message.Length ? DataChunk.BeginFlag : (byte)0;
            chunk.Flags |= rest == chunk.Length ? DataChunk.EndFlag : (byte)0;
            _pending.Enqueue(chunk);
            chunk.Position += chunk.Length;
        }

        return true;
    }

    /// <summary>False when the SACK acknowledges what was never sent. An old one is no news and no error.</summary>
    public bool TryHandleSack(Timestamp now, in SackChunk sack, out bool isProgress)
    {
        isProgress = false;
        var distance = sack.CumulativeTsnAck - _outstanding.CumulativeAck;
        if (distance > _outstanding.Count)
        {
            return false;
        }

        if (distance < 0)
        {
            return true;
        }

        _peerWindow = sack.AdvertisedWindow;
        var result = _outstanding.Acknowledge(now, sack, _congestion.IsInFastRecovery);
        Apply(now, result);

        // A closed window may last as long as the peer says so (RFC 9260 §6.1 A).
        isProgress = result.IsCumulative || result.Bytes > 0 || _isPeerWindowClosed;
        return true;
    }

    /// <summary>The cumulative part of a SACK, as SHUTDOWN carries it (RFC 9260 §9.2). False when it was never sent.</summary>
    public bool TryHandleCumulativeAck(Timestamp now, Tsn cumulative)
    {
        var distance = cumulative - _outstanding.CumulativeAck;
        if (distance > _outstanding.Count)
        {
            return false;
        }

        if (distance > 0)
        {
            Apply(now, _outstanding.AcknowledgeCumulatively(now, cumulative));
        }

        return true;
    }

    /// <summary>T3-rtx expired (RFC 9260 §6.3.3).</summary>
    public void HandleTimeout(Timestamp now)
    {
        _congestion.OnTimeout();
        _rto.BackOff();
        _timeoutsInRow++;
        _isFastRetransmitDue = false;

        // The first time, gap reports are believed; when nothing came of it, the peer may have dropped what it reported.
        _outstanding.MarkAllLost(now, forgetGapAcks: _timeoutsInRow > 1);
        CutAbandonedMessage();
        ReleaseBytes();
        SetRetransmissionTimer(now, isRestart: true);
    }

    /// <summary>Whether <see cref="Write"/> would add something now.</summary>
    public bool CanWrite =>
        _outstanding.IsForwardTsnDue
        || (_outstanding.HasRetransmissions && (_isFastRetransmitDue || FlightBytes < _congestion.Window))
        || (_pending.Count > 0 && FlightBytes < _congestion.Window && (FlightBytes == 0 || IsWithinPeerWindow(_pending[0])));

    /// <summary>Whether the stream has messages that are not acknowledged yet.</summary>
    public bool HasStream(ushort stream)
    {
        for (var index = 0; index < _pending.Count; index++)
        {
            if (_pending[index].Stream == stream)
            {
                return true;
            }
        }

        return _outstanding.HasStream(stream);
    }

    public void ResetSequence(ushort stream) => _nextSequence.Reset(stream);

    /// <summary>Adds FORWARD-TSN, then what is to be repeated, then what is new, as far as it fits and may be sent.</summary>
    public void Write(Timestamp now, ref SctpPacketWriter writer)
    {
        if (_outstanding.IsForwardTsnDue)
        {
            _outstanding.TryWriteForwardTsn(ref writer);
        }

        WriteRetransmissions(now, ref writer);
        if (!_outstanding.HasRetransmissions)
        {
            WriteNew(now, ref writer);
        }

        SetRetransmissionTimer(now, isRestart: false);
    }

    private void Apply(Timestamp now, in AckResult result)
    {
        CutAbandonedMessage();
        ReleaseBytes();
        if (result.RoundTrip is { } roundTrip)
        {
            _rto.Measure(roundTrip);
        }

        if (result.Bytes > 0)
        {
            _congestion.OnAcknowledged(result.Bytes, result.IsCumulative, _isWindowLimited, _outstanding.Count == 0);
        }

        if (result.IsCumulative)
        {
            _timeoutsInRow = 0;
            _congestion.OnCumulativeAck(_outstanding.CumulativeAck);
        }

        if (result.HasLosses && _congestion.TryEnterFastRecovery(_outstanding.NextTsn - 1))
        {
            _isFastRetransmitDue = _outstanding.HasRetransmissions;
        }

        var wasPeerWindowClosed = _isPeerWindowClosed;
        _isPeerWindowClosed = _outstanding.Count > 0 && _peerWindow < _outstanding.Chunk(0).Length;
        if (wasPeerWindowClosed && !_isPeerWindowClosed)
        {
            // What went into the closed window and is not acknowledged by now was thrown away; waiting for T3-rtx to say so would
            // cost up to its longest backoff.
            _outstanding.MarkAllLost(now, forgetGapAcks: false);
            CutAbandonedMessage();
        }

        SetRetransmissionTimer(now, isRestart: result.IsCumulative);
    }

    private void WriteRetransmissions(Timestamp now, ref SctpPacketWriter writer)
    {
        var hasWritten = false;
        while ((_isFastRetransmitDue || FlightBytes < _congestion.Window) && _outstanding.TryPeekRetransmission(now, out var index))
        {
            CutAbandonedMessage();
            ref readonly var chunk = ref _outstanding.Chunk(index);
            if (!TryWriteChunk(ref writer, chunk, _outstanding.CumulativeAck + 1 + index, isImmediate: true))
            {
                break;
            }

            // RFC 9260 §6.3.2 R3 and §7.2.4: when the earliest outstanding TSN goes out again, its time starts again.
            SetRetransmissionTimer(now, isRestart: index == 0);
            _outstanding.MarkResent(now, index);
            _lastSent = now;
            hasWritten = true;
        }

        CutAbandonedMessage();
        if (hasWritten || !_outstanding.HasRetransmissions)
        {
            // Only the first packet of a fast retransmission passes the congestion window (RFC 9260 §7.2.4).
            _isFastRetransmitDue = false;
        }
    }

    private void WriteNew(Timestamp now, ref SctpPacketWriter writer)
    {
        if (_outstanding.Count == 0 && _pending.Count > 0)
        {
            _congestion.OnIdle((int)Math.Min((now - _lastSent) / _rto.Current, 32));
        }

        _isWindowLimited = false;
        while (_pending.Count > 0)
        {
            ref var chunk = ref _pending[0];
            if (chunk.Expiry <= now && TryExpire(chunk))
            {
                continue;
            }

            if (FlightBytes >= _congestion.Window)
            {
                _isWindowLimited = true;
                break;
            }

            // RFC 9260 §6.1 A: with nothing in flight one chunk may go into a closed window, to learn when it opens.
            var isProbe = !IsWithinPeerWindow(chunk);
            if (isProbe && FlightBytes > 0)
            {
                break;
            }

            if (chunk.IsBegin && !chunk.IsUnordered)
            {
                chunk.StreamSequence = _nextSequence[chunk.Stream];
            }

            var isLast = isProbe || FlightBytes + chunk.Length >= _congestion.Window;
            if (!TryWriteChunk(ref writer, chunk, _outstanding.NextTsn, isLast))
            {
                WriteBeginning(now, ref writer, ref chunk);
                break;
            }

            if (chunk.IsEnd && !chunk.IsUnordered)
            {
                _nextSequence[chunk.Stream]++;
            }

            _outstanding.AddSent(now, chunk);
            PassSequenceOn(_pending.Dequeue());
            _lastSent = now;
            _isPeerWindowClosed |= isProbe;
        }
    }

    /// <summary>
    /// Fills a packet that others are in already with the beginning of a chunk that does not fit (RFC 9260 §6.9 leaves open where a message
    /// is cut): packets that are full are equally long, and leave as one message that the kernel cuts.
    /// </summary>
    private void WriteBeginning(Timestamp now, ref SctpPacketWriter writer, ref OutgoingChunk chunk)
    {
        var room = (writer.Free - DataChunk.Overhead) & ~3;
        if (writer.IsEmpty || room < LeastFragment || room >= chunk.Length)
        {
            return;
        }

        var beginning = chunk;
        beginning.Length = (ushort)room;
        beginning.Flags &= unchecked((byte)~DataChunk.EndFlag);
        if (!TryWriteChunk(ref writer, beginning, _outstanding.NextTsn, isImmediate: false))
        {
            return;
        }

        chunk.Position += room;
        chunk.Length -= (ushort)room;
        chunk.Flags &= unchecked((byte)~DataChunk.BeginFlag);
        _outstanding.AddSent(now, beginning);
        _lastSent = now;
    }

    /// <summary>Fragments of one message carry one sequence number.</summary>
    private void PassSequenceOn(in OutgoingChunk sent)
    {
        if (!sent.IsEnd)
        {
            _pending[0].StreamSequence = sent.StreamSequence;
        }
    }

    /// <summary>A message's time is over before it was sent whole; false when the peer could not be told to go without its rest.</summary>
    private bool TryExpire(in OutgoingChunk chunk)
    {
        if (chunk.IsBegin)
        {
            DropPendingMessage();
            ReleaseBytes();
            return true;
        }

        if (!_outstanding.IsPartialReliabilityOn)
        {
            return false;
        }

        _outstanding.AbandonOpenMessage();
        CutAbandonedMessage();
        return true;
    }

    /// <summary>When a message was given up in the middle, its unsent rest is replaced by one TSN that is never sent.</summary>
    private void CutAbandonedMessage()
    {
        if (_outstanding.IsOpenMessageAbandoned)
        {
            var first = _pending[0];
            if (!first.IsUnordered)
            {
                _nextSequence[first.Stream] = (ushort)(first.StreamSequence + 1);
            }

            _outstanding.AddAbandonedEnd(first);
            DropPendingMessage();
        }
    }

    private void DropPendingMessage()
    {
        while (!_pending.Dequeue().IsEnd)
        {
        }
    }

    private bool TryWriteChunk(ref SctpPacketWriter writer, in OutgoingChunk chunk, Tsn tsn, bool isImmediate)
    {
        var flags = isImmediate ? (byte)(chunk.Flags | DataChunk.ImmediateFlag) : chunk.Flags;
        var isWritten = DataChunk.TryWrite(
            ref writer,
            flags,
            tsn,
            chunk.Stream,
            chunk.StreamSequence,
            chunk.PayloadProtocol,
            chunk.Length,
            out var userData);
        if (isWritten)
        {
            _buffer.CopyTo(chunk.Position, userData);
        }

        return isWritten;
    }

    private bool IsWithinPeerWindow(in OutgoingChunk chunk) => FlightBytes + (long)chunk.Length <= _peerWindow;

    private void SetRetransmissionTimer(Timestamp now, bool isRestart)
    {
        if (_outstanding.Count == 0)
        {
            timers.Stop(SctpTimer.Retransmission);
        }
        else if (isRestart || !timers.IsRunning(SctpTimer.Retransmission))
        {
            timers.Set(SctpTimer.Retransmission, now + _rto.Current);
        }
    }

    private void ReleaseBytes() =>
        _buffer.Release(
            _outstanding.Count > 0 ? _outstanding.FirstPosition : _pending.Count > 0 ? _pending[0].Position : _buffer.End);
}
