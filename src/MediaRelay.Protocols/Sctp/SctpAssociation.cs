using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// One SCTP association over DTLS (RFC 9260, RFC 8261), with partial reliability (RFC 3758), stream resets (RFC 6525) and the zero
/// checksum (RFC 9653). Without input and output of its own: packets and the time come in, packets, events and messages are taken
/// out. One thread at a time. It lives once: after <see cref="SctpEventKind.Closed"/> a new one is needed.
/// </summary>
/// <remarks>
/// After every call that brings something in, take out events and messages until there are none of either, then packets until there
/// are none. An event that comes after a message is only given once that message was read; so whoever asks for an event before each
/// message sees everything in its order.
/// </remarks>
public sealed partial class SctpAssociation : IDisposable
{
    /// <summary>A peer that resets streams faster than the events are read is broken.</summary>
    private const int MaxEvents = 2048;

    private readonly SctpOptions _options;
    private readonly PacketPool _pool;
    private readonly PacketDrops _drops;
    private readonly Random _random;
    private readonly TimerTable<SctpTimer> _timers = new();
    private readonly DataSender _sender;
    private readonly DataReceiver _receiver;
    private readonly ControlChunks _control;
    private readonly OutgoingStreamResets _outgoingResets;
    private readonly IncomingStreamResets _incomingResets = new();
    private RingQueue<(SctpEvent Event, long AfterMessage)> _events;

    private SctpPeerTerms _local;
    private SctpPeerTerms _peer;
    private int _timeoutsInRow;
    private bool _isBufferedAmountHigh;

    /// <summary>Throws <see cref="InvalidOperationException"/> when the options contradict each other.</summary>
    /// <param name="options">How the association behaves.</param>
    /// <param name="pool">Where buffers are rented from while they are in use.</param>
    /// <param name="drops">Where is counted what is thrown away.</param>
    /// <param name="random">
    /// Makes tags and first TSNs. Behind DTLS nobody else can send packets, so these need not be secrets.
    /// </param>
    public SctpAssociation(SctpOptions options, PacketPool pool, PacketDrops drops, Random random)
    {
        options.Validate();
        _options = options;
        _pool = pool;
        _drops = drops;
        _random = random;
        _sender = new DataSender(options, _timers, pool);
        _receiver = new DataReceiver(options, _timers, drops);
        _control = new ControlChunks(pool, (options.MaxPacketSize & ~3) - SctpPacket.HeaderLength);
        _outgoingResets = new OutgoingStreamResets(_timers);
    }

    public bool IsConnected => _state is SctpState.Established;

    public bool IsClosed => _state is SctpState.Ended;

    /// <summary>When <see cref="HandleTimeout"/> is to be called, or <see cref="Timestamp.Never"/>.</summary>
    public Timestamp NextTimeout => _timers.Next;

    /// <summary>Bytes of messages that were accepted and are neither acknowledged nor given up.</summary>
    public int BufferedBytes => _sender.BufferedBytes;

    /// <summary>Bytes of messages that were accepted since the association began; after a send, where its message ends.</summary>
    public long AcceptedBytes => _sender.AcceptedBytes;

    /// <summary>
    /// Of these, how many from the first on the peer has acknowledged (or were given up): a message that ends here or before has arrived.
    /// </summary>
    public long AcknowledgedBytes => _sender.AcknowledgedBytes;

    /// <summary>Bytes that <see cref="TrySend"/> still accepts.</summary>
    public int SendBufferFree => _sender.Free;

    /// <summary>Streams that may be used for sending: 0 to this − 1; our own limit until the peer has said its.</summary>
    public int OutgoingStreams => _peer.Tag == 0 ? SctpOptions.MaxStreams : Math.Min(SctpOptions.MaxStreams, _peer.IncomingStreams);

    /// <summary>Whether the peer can be asked to reset streams; before the handshake it is taken to be.</summary>
    public bool SupportsStreamReset => _peer.Tag == 0 || _peer.Supports(SctpExtensions.Reconfig);

    /// <summary>Smoothed round trip; zero until it was measured.</summary>
    public TimeSpan RoundTrip => _sender.Rto.SmoothedRoundTrip;

    internal SctpState State => _state;

    /// <summary>The verification tag that the peer's packets carry.</summary>
    internal uint LocalTag => _local.Tag;

    internal DataSender Sender => _sender;

    internal DataReceiver Receiver => _receiver;

    /// <summary>
    /// Accepts a message, which is copied. False when it is larger than the peer takes, the buffer is full, the stream is being
    /// reset or does not exist, or the association is ending. Before the association is connected messages wait.
    /// </summary>
    /// <param name="now">The current time.</param>
    /// <param name="stream">The stream identifier.</param>
    /// <param name="payloadProtocol">The payload protocol identifier, which SCTP only passes on.</param>
    /// <param name="message">At least one byte: SCTP has no empty messages.</param>
    /// <param name="ordered">Whether it waits at the receiver for those before it on the stream.</param>
    /// <param name="maxRetransmits">How often each part is repeated before the message is given up; null without limit.</param>
    /// <param name="maxLifetime">After how long the message is given up; null without limit.</param>
    public bool TrySend(
        Timestamp now,
        ushort stream,
        uint payloadProtocol,
        ReadOnlySpan<byte> message,
        bool ordered = true,
        int? maxRetransmits = null,
        TimeSpan? maxLifetime = null)
    {
        if (message.IsEmpty)
        {
            throw new ArgumentException("SCTP has no empty messages (RFC 9260 §6.9).", nameof(message));
        }

        var canSend = _state is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed or SctpState.Established;
        if (!canSend || stream >= OutgoingStreams || _outgoingResets.Contains(stream)
            || !_sender.TryEnqueue(now, stream, payloadProtocol, message, ordered, maxRetransmits, maxLifetime))
        {
            return false;
        }

        _isBufferedAmountHigh |= _sender.BufferedBytes > _options.BufferedAmountLowThreshold;
        return true;
    }

    /// <summary>Takes the next whole message; its memory is borrowed until the next call.</summary>
    public bool TryReadMessage(out SctpMessage message) => _receiver.TryRead(out message);

    /// <summary>Takes the next event; false also while messages that came before it are unread.</summary>
    public bool TryReadEvent(out SctpEvent sctpEvent)
    {
        if (_events.Count == 0 || _events[0].AfterMessage > _receiver.Messages.Read)
        {
            sctpEvent = default;
            return false;
        }

        sctpEvent = _events.Dequeue().Event;
        return true;
    }

    /// <summary>
    /// Resets an outgoing stream when all that was sent on it is acknowledged; <see cref="SctpEventKind.OutgoingStreamReset"/>
    /// tells when it can be used again. Until then nothing can be sent on it.
    /// </summary>
    public void ResetStream(ushort stream)
    {
        if (!SupportsStreamReset)
        {
            // There is nobody to ask; the stream just goes on counting.
            Raise(new SctpEvent(SctpEventKind.OutgoingStreamReset, stream));
            return;
        }

        _outgoingResets.Request(stream);
    }

    /// <summary>Takes a packet as DTLS delivered it.</summary>
    public void HandlePacket(Timestamp now, ReadOnlySpan<byte> packet)
    {
        if (!SctpPacket.TryParse(packet, out var parsed) || !IsChecksumAcceptable(parsed)
            || parsed.SourcePort != _options.RemotePort || parsed.DestinationPort != _options.LocalPort)
        {
            _drops.Count(DropReason.SctpMalformed);
            return;
        }

        var reader = new SctpChunkReader(parsed.Chunks);
        for (var isFirst = true; reader.TryRead(out var chunk); isFirst = false)
        {
            if (!IsTagAcceptable(parsed, chunk, isFirst))
            {
                _drops.Count(DropReason.SctpBadTag);
                AnswerOutOfTheBlue(parsed, chunk);
                break;
            }

            if (!TryHandleChunk(now, chunk, parsed.VerificationTag, isAlone: isFirst && reader.IsAtEnd))
            {
                break;
            }
        }

        if (reader.IsMalformed)
        {
            _drops.Count(DropReason.SctpMalformed);
        }

        EndPacket(now);
    }

    public void HandleTimeout(Timestamp now)
    {
        if (_timers.TryExpire(now, SctpTimer.Handshake))
        {
            HandleHandshakeTimeout(now);
        }

        if (_timers.TryExpire(now, SctpTimer.Retransmission) && !IsPeerLost())
        {
            _sender.HandleTimeout(now);
        }

        if (_timers.TryExpire(now, SctpTimer.Reconfig) && !IsPeerLost())
        {
            _sender.Rto.BackOff();
            _outgoingResets.HandleTimeout();
        }

        if (_timers.TryExpire(now, SctpTimer.DelayedAck))
        {
            _receiver.RequestSack();
        }

        if (_timers.TryExpire(now, SctpTimer.Shutdown) && !IsPeerLost())
        {
            RepeatShutdown(now);
        }

        if (_timers.TryExpire(now, SctpTimer.ShutdownGuard))
        {
            Abort();
        }

        HandleHeartbeatTimeouts(now);
        UpdateShutdown(now);
        RaiseBufferedAmountLow();
    }

    /// <summary>Gives all buffers back; the association must not be used afterwards.</summary>
    public void Dispose()
    {
        _state = SctpState.Ended;
        Release();
        _receiver.Messages.Release();
    }

    /// <summary>
    /// One line per chunk type. False when the rest of the packet is not to be looked at. <paramref name="isAlone"/>: the packet
    /// has no other chunk.
    /// </summary>
    private bool TryHandleChunk(Timestamp now, SctpChunk chunk, uint tag, bool isAlone)
    {
        switch (chunk.Type)
        {
            case SctpChunkType.Data:
                return TryHandleData(chunk);
            case SctpChunkType.Init:
                return isAlone && TryHandleInit(now, chunk);
            case SctpChunkType.InitAck:
                return isAlone && TryHandleInitAck(now, chunk);
            case SctpChunkType.Sack:
                return TryHandleSack(now, chunk);
            case SctpChunkType.Heartbeat:
                return TryHandleHeartbeat(chunk);
            case SctpChunkType.HeartbeatAck:
                return TryHandleHeartbeatAck(now, chunk);
            case SctpChunkType.Abort:
                End(SctpCloseReason.PeerAbort);
                return false;
            case SctpChunkType.Shutdown:
                return TryHandleShutdown(now, chunk);
            case SctpChunkType.ShutdownAck:
                return TryHandleShutdownAck();
            case SctpChunkType.Error:
                return TryHandleError(now, chunk);
            case SctpChunkType.CookieEcho:
                return TryHandleCookieEcho(now, chunk, tag);
            case SctpChunkType.CookieAck:
                return TryHandleCookieAck(now);
            case SctpChunkType.ShutdownComplete:
                return TryHandleShutdownComplete();
            case SctpChunkType.Reconfig:
                return TryHandleReconfig(now, chunk);
            case SctpChunkType.ForwardTsn:
                return TryHandleForwardTsn(chunk);
            default:
                return TryHandleUnknown(chunk);
        }
    }

    private void EndPacket(Timestamp now)
    {
        if (_state is SctpState.Closed or SctpState.Ended)
        {
            return;
        }

        _receiver.EndPacket(now);
        PerformIncomingResets();
        UpdateShutdown(now);
        RaiseBufferedAmountLow();
    }

    /// <summary>RFC 9260 §3.2: the two highest bits of an unknown type say whether to report it and whether to go on.</summary>
    private bool TryHandleUnknown(SctpChunk chunk)
    {
        if (((byte)chunk.Type & 0x40) != 0)
        {
            _control.TryAddError(SctpErrorCause.UnrecognizedChunkType, chunk.Bytes);
        }

        return ((byte)chunk.Type & 0x80) != 0;
    }

    /// <summary>
    /// RFC 9653 §5.3: having offered it, we take a zero for the checksum, but not where the handshake's own packets are concerned.
    /// </summary>
    private static bool IsChecksumAcceptable(in SctpPacket packet) =>
        (packet.Checksum == 0 && packet.FirstChunkType is not (SctpChunkType.Init or SctpChunkType.CookieEcho))
        || packet.HasValidChecksum;

    private bool Malformed()
    {
        _drops.Count(DropReason.SctpMalformed);
        return false;
    }

    private void Raise(in SctpEvent sctpEvent)
    {
        if (_events.Count >= MaxEvents && sctpEvent.Kind != SctpEventKind.Closed)
        {
            _drops.Count(DropReason.QueueFull);
            Abort(SctpErrorCause.OutOfResource, SctpCloseReason.ProtocolViolation);
            return;
        }

        _events.Enqueue((sctpEvent, _receiver.Messages.Completed));
    }

    private void RaiseBufferedAmountLow()
    {
        if (_isBufferedAmountHigh && _sender.BufferedBytes <= _options.BufferedAmountLowThreshold && _state != SctpState.Ended)
        {
            _isBufferedAmountHigh = false;
            _events.Enqueue((new SctpEvent(SctpEventKind.BufferedAmountLow), AfterMessage: 0));
        }
    }

    /// <summary>Another time without an answer; true when that was one too many (RFC 9260 §8.1).</summary>
    private bool IsPeerLost()
    {
        _timeoutsInRow++;
        if (_timeoutsInRow <= _options.MaxRetransmissions)
        {
            return false;
        }

        Abort(SctpErrorCause.None, SctpCloseReason.ConnectionLost);
        return true;
    }
}
