using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.DataChannels;

/// <summary>
/// The data channels of one peer (RFC 8831) and the protocol that opens them (RFC 8832), over an SCTP association that it owns.
/// Packets and the time come in; packets and events, messages among them, are taken out. One thread at a time.
/// </summary>
/// <remarks>
/// After every call that brings something in, take out events until there are none, then packets until there are none: reading
/// events also answers the peer's opening of a channel.
/// </remarks>
public sealed class DataChannelTransport : IDisposable
{
    public const int DefaultMaxChannels = 64;

    private readonly SctpAssociation _association;
    private readonly PacketDrops _drops;
    private readonly Dictionary<ushort, DataChannel> _channels = [];
    private readonly bool _isDtlsClient;
    private readonly int _maxChannels;
    private RingQueue<DataChannelEvent> _events;
    private Timestamp _now;
    private int _acksOwed;

    /// <summary>Throws <see cref="InvalidOperationException"/> when the options contradict each other.</summary>
    /// <param name="isDtlsClient">The DTLS client's channels have even numbers, the server's odd ones (RFC 8832 §6).</param>
    /// <param name="options">How the association behaves.</param>
    /// <param name="pool">Where buffers are rented from while they are in use.</param>
    /// <param name="drops">Where is counted what is thrown away.</param>
    /// <param name="random">Makes the association's tags and first TSNs.</param>
    /// <param name="maxChannels">Channels at a time; more are refused.</param>
    public DataChannelTransport(
        bool isDtlsClient,
        SctpOptions options,
        PacketPool pool,
        PacketDrops drops,
        Random random,
        int maxChannels = DefaultMaxChannels)
    {
        _association = new SctpAssociation(options, pool, drops, random);
        _drops = drops;
        _isDtlsClient = isDtlsClient;
        _maxChannels = maxChannels;
    }

    public bool IsConnected => _association.IsConnected;

    public bool IsClosed => _association.IsClosed;

    /// <summary>Channels that exist, those that are being closed included.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>Bytes of all channels that were accepted and are neither acknowledged nor given up.</summary>
    public int BufferedBytes => _association.BufferedBytes;

    /// <inheritdoc cref="SctpAssociation.AcceptedBytes"/>
    public long AcceptedBytes => _association.AcceptedBytes;

    /// <inheritdoc cref="SctpAssociation.AcknowledgedBytes"/>
    public long AcknowledgedBytes => _association.AcknowledgedBytes;

    /// <summary>Bytes that <see cref="TrySend"/> still accepts.</summary>
    public int SendBufferFree => _association.SendBufferFree;

    /// <summary>Smoothed round trip; zero until it was measured.</summary>
    public TimeSpan RoundTrip => _association.RoundTrip;

    /// <summary>When <see cref="HandleTimeout"/> is to be called, or <see cref="Timestamp.Never"/>.</summary>
    public Timestamp NextTimeout => _association.NextTimeout;

    internal SctpAssociation Association => _association;

    /// <summary>Begins the association; without it the peer's is waited for. Channels may be opened before.</summary>
    public void Connect(Timestamp now)
    {
        _now = now;
        _association.Connect(now);
    }

    /// <summary>Takes an SCTP packet as DTLS delivered it.</summary>
    public void HandlePacket(Timestamp now, ReadOnlySpan<byte> packet)
    {
        _now = now;
        _association.HandlePacket(now, packet);
    }

    public void HandleTimeout(Timestamp now)
    {
        _now = now;
        _association.HandleTimeout(now);
    }

    /// <inheritdoc cref="SctpAssociation.TryWritePacket"/>
    public bool TryWritePacket(Timestamp now, Span<byte> destination, out int length)
    {
        _now = now;
        PayOwedAcks();
        return _association.TryWritePacket(now, destination, out length);
    }

    /// <summary>Ends the association once everything that was accepted is acknowledged.</summary>
    public void Shutdown(Timestamp now) => _association.Shutdown(now);

    /// <summary>Ends the association at once; the next packet tells the peer.</summary>
    public void Abort() => _association.Abort();

    /// <summary>
    /// Opens a channel. Messages may be sent on it at once; <see cref="DataChannelEventKind.ChannelOpened"/> tells when the peer has
    /// acknowledged it. False when there are too many channels, the send buffer is full or the association is ending. Throws
    /// <see cref="InvalidOperationException"/> when a name is too long or both limits are set.
    /// </summary>
    public bool TryOpen(
        Timestamp now,
        string label,
        string protocol,
        in DataChannelReliability reliability,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DataChannel? channel)
    {
        channel = null;
        if (_channels.Count >= _maxChannels || !TryFindFreeId(out var id))
        {
            return false;
        }

        var open = new DataChannelOpenMessage(label, protocol, reliability).ToBytes();
        if (!_association.TrySend(now, id, (uint)DataChannelPayloadProtocol.Establishment, open))
        {
            return false;
        }

        channel = new DataChannel(id, label, protocol, reliability);
        _channels.Add(id, channel);
        return true;
    }

    /// <summary>
    /// Makes a channel that both sides know of from elsewhere (<c>negotiated: true</c> in browsers): nothing is sent for it. False
    /// when the number is taken or out of range, or there are too many channels.
    /// </summary>
    public bool TryOpenNegotiated(ushort id, string label, string protocol, in DataChannelReliability reliability)
    {
        if (_channels.Count >= _maxChannels || id >= _association.OutgoingStreams || _association.IsClosed)
        {
            return false;
        }

        var channel = new DataChannel(id, label, protocol, reliability) { IsOpen = true };
        if (!_channels.TryAdd(id, channel))
        {
            return false;
        }

        _events.Enqueue(new DataChannelEvent(DataChannelEventKind.ChannelOpened, channel));
        return true;
    }

    /// <summary>
    /// Accepts a message, which is copied. False when there is no such channel or it is closing, the message is larger than the
    /// peer takes, or the send buffer is full.
    /// </summary>
    public bool TrySend(Timestamp now, ushort channelId, ReadOnlySpan<byte> data, bool isBinary)
    {
        if (!_channels.TryGetValue(channelId, out var channel) || channel.IsClosing)
        {
            return false;
        }

        var payloadProtocol = (data.IsEmpty, isBinary) switch
        {
            (false, false) => DataChannelPayloadProtocol.String,
            (false, true) => DataChannelPayloadProtocol.Binary,
            (true, false) => DataChannelPayloadProtocol.EmptyString,
            (true, true) => DataChannelPayloadProtocol.EmptyBinary,
        };

        // RFC 8832 §6: until the peer has acknowledged the channel, messages stay in order behind the OPEN.
        var reliability = channel.Reliability;
        return _association.TrySend(
            now,
            channelId,
            (uint)payloadProtocol,
            data.IsEmpty ? [0] : data,
            reliability.IsOrdered || !channel.IsOpen,
            reliability.MaxRetransmits is { } retransmits ? (int)Math.Min(retransmits, int.MaxValue) : null,
            reliability.MaxLifetime);
    }

    /// <summary>
    /// Closes a channel after what was sent on it; <see cref="DataChannelEventKind.ChannelClosed"/> follows when the peer has closed
    /// its side too. Nothing happens when there is no such channel.
    /// </summary>
    public void Close(ushort channelId)
    {
        if (_channels.TryGetValue(channelId, out var channel) && !channel.IsClosing)
        {
            BeginClosing(channel);
        }
    }

    /// <summary>Takes the next event; the memory of a message before it is then no longer valid.</summary>
    public bool TryReadEvent(out DataChannelEvent channelEvent)
    {
        while (_events.Count == 0)
        {
            if (_association.TryReadEvent(out var sctpEvent))
            {
                HandleEvent(sctpEvent);
            }
            else if (_association.TryReadMessage(out var message))
            {
                HandleMessage(message);
            }
            else
            {
                channelEvent = default;
                return false;
            }
        }

        channelEvent = _events.Dequeue();
        return true;
    }

    public void Dispose() => _association.Dispose();

    private bool TryFindFreeId(out ushort id)
    {
        for (var candidate = _isDtlsClient ? 0 : 1; candidate < _association.OutgoingStreams; candidate += 2)
        {
            id = (ushort)candidate;
            if (!_channels.ContainsKey(id))
            {
                return true;
            }
        }

        id = 0;
        return false;
    }

    private void HandleMessage(in SctpMessage message)
    {
        if (message.PayloadProtocol == (uint)DataChannelPayloadProtocol.Establishment)
        {
            HandleEstablishment(message.Stream, message.Data.Span);
            return;
        }

        var payloadProtocol = (DataChannelPayloadProtocol)message.PayloadProtocol;
        if (!_channels.TryGetValue(message.Stream, out var channel) || !Enum.IsDefined(payloadProtocol))
        {
            _drops.Count(DropReason.MessageMalformed);
            return;
        }

        // An unordered message can overtake the acknowledgement, and says as much.
        MarkOpen(channel);
        var isEmpty = payloadProtocol is DataChannelPayloadProtocol.EmptyString or DataChannelPayloadProtocol.EmptyBinary;
        _events.Enqueue(new DataChannelEvent(
            DataChannelEventKind.Message,
            channel,
            isEmpty ? default : message.Data,
            payloadProtocol is DataChannelPayloadProtocol.Binary or DataChannelPayloadProtocol.EmptyBinary));
    }

    private void HandleEstablishment(ushort stream, ReadOnlySpan<byte> message)
    {
        switch ((DataChannelMessageType)message[0])
        {
            case DataChannelMessageType.Ack:
                if (_channels.TryGetValue(stream, out var acknowledged))
                {
                    MarkOpen(acknowledged);
                }

                break;

            case DataChannelMessageType.Open:
                HandleOpen(stream, message);
                break;

            default:
                _drops.Count(DropReason.MessageMalformed);
                break;
        }
    }

    private void HandleOpen(ushort stream, ReadOnlySpan<byte> message)
    {
        var isPeersNumber = stream % 2 == (_isDtlsClient ? 1 : 0);
        if (!DataChannelOpenMessage.TryParse(message, out var open) || !isPeersNumber || _channels.ContainsKey(stream))
        {
            // RFC 8832 §6: what cannot be opened is closed. A channel that is in use stays as it is.
            _drops.Count(DropReason.MessageMalformed);
            Refuse(stream);
            return;
        }

        if (_channels.Count >= _maxChannels)
        {
            _drops.Count(DropReason.QueueFull);
            Refuse(stream);
            return;
        }

        var channel = new DataChannel(stream, open.Label, open.Protocol, open.Reliability) { IsAckOwed = true };
        _channels.Add(stream, channel);
        _acksOwed++;
        PayOwedAcks();
        MarkOpen(channel);
    }

    private void Refuse(ushort stream)
    {
        if (!_channels.ContainsKey(stream))
        {
            _association.ResetStream(stream);
        }
    }

    private void PayOwedAcks()
    {
        if (_acksOwed == 0)
        {
            return;
        }

        foreach (var channel in _channels.Values)
        {
            if (channel.IsAckOwed && TrySendAck(channel))
            {
                channel.IsAckOwed = false;
                _acksOwed--;
            }
        }
    }

    private bool TrySendAck(DataChannel channel) =>
        channel.IsClosing
        || _association.TrySend(
            _now,
            channel.Id,
            (uint)DataChannelPayloadProtocol.Establishment,
            [(byte)DataChannelMessageType.Ack]);

    private void MarkOpen(DataChannel channel)
    {
        if (!channel.IsOpen)
        {
            channel.IsOpen = true;
            _events.Enqueue(new DataChannelEvent(DataChannelEventKind.ChannelOpened, channel));
        }
    }

    private void HandleEvent(in SctpEvent sctpEvent)
    {
        switch (sctpEvent.Kind)
        {
            case SctpEventKind.Connected:
                _events.Enqueue(new DataChannelEvent(DataChannelEventKind.Connected));
                break;

            case SctpEventKind.Restarted:
                CloseAll();
                break;

            case SctpEventKind.IncomingStreamReset when sctpEvent.Stream == SctpEvent.AllStreams:
                foreach (var each in _channels.Values.ToArray())
                {
                    HandleIncomingReset(each);
                }

                break;

            case SctpEventKind.IncomingStreamReset when _channels.TryGetValue(sctpEvent.Stream, out var channel):
                HandleIncomingReset(channel);
                break;

            case SctpEventKind.OutgoingStreamReset when _channels.TryGetValue(sctpEvent.Stream, out var channel):
                channel.IsOutgoingReset = true;
                channel.IsIncomingReset |= !_association.SupportsStreamReset;
                RemoveIfClosed(channel);
                break;

            case SctpEventKind.BufferedAmountLow:
                _events.Enqueue(new DataChannelEvent(DataChannelEventKind.BufferedAmountLow));
                break;

            case SctpEventKind.Closed:
                CloseAll();
                _events.Enqueue(new DataChannelEvent(DataChannelEventKind.Closed, Reason: sctpEvent.Reason));
                break;

            default:
                // A reset of a stream without a channel, such as one that was refused.
                break;
        }
    }

    /// <summary>RFC 8831 §6.7: a side whose channel is closed by the other closes its own direction too.</summary>
    private void HandleIncomingReset(DataChannel channel)
    {
        channel.IsIncomingReset = true;
        if (!channel.IsClosing)
        {
            BeginClosing(channel);
        }

        RemoveIfClosed(channel);
    }

    private void BeginClosing(DataChannel channel)
    {
        channel.IsClosing = true;
        _association.ResetStream(channel.Id);
    }

    /// <summary>The number is free for another channel only when both directions are reset.</summary>
    private void RemoveIfClosed(DataChannel channel)
    {
        if (channel.IsIncomingReset && channel.IsOutgoingReset && _channels.Remove(channel.Id))
        {
            ForgetOwedAck(channel);
            _events.Enqueue(new DataChannelEvent(DataChannelEventKind.ChannelClosed, channel));
        }
    }

    private void CloseAll()
    {
        foreach (var channel in _channels.Values)
        {
            channel.IsClosing = true;
            ForgetOwedAck(channel);
            _events.Enqueue(new DataChannelEvent(DataChannelEventKind.ChannelClosed, channel));
        }

        _channels.Clear();
    }

    private void ForgetOwedAck(DataChannel channel)
    {
        if (channel.IsAckOwed)
        {
            channel.IsAckOwed = false;
            _acksOwed--;
        }
    }
}
