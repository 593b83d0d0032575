using System.Runtime.InteropServices;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>The receiving half of an association: takes DATA and FORWARD-TSN, says what to acknowledge and when.</summary>
internal sealed class DataReceiver(SctpOptions options, TimerTable<SctpTimer> timers, PacketDrops drops)
{
    /// <summary>Duplicates that one SACK reports; they are only statistics to the peer.</summary>
    private const int MaxDuplicates = 16;

    private readonly ReceivedTsns _tsns = new();
    private readonly ReassemblyQueue _messages = new(options.MaxIncomingMessageSize, drops);
    private readonly List<Tsn> _duplicates = [];
    private int _packetsUnacknowledged;
    private bool _hasPacketData;
    private uint _announcedWindow;

    /// <summary>A SACK must go out with the next packet, or as one.</summary>
    public bool IsSackDue { get; private set; }

    /// <summary>Something is unacknowledged, so that a SACK may ride along with data.</summary>
    public bool HasUnacknowledged => IsSackDue || _packetsUnacknowledged > 0;

    public Tsn Cumulative => _tsns.Cumulative;

    public ReassemblyQueue Messages => _messages;

    /// <summary>Bytes that may still arrive.</summary>
    public uint Window => (uint)Math.Max(0, options.ReceiveWindow - _messages.HeldBytes);

    public void Start(Tsn first)
    {
        _tsns.Start(first);
        _messages.Reset();
        _duplicates.Clear();
        _packetsUnacknowledged = 0;
        _hasPacketData = false;
        IsSackDue = false;
        _announcedWindow = Window;
        timers.Stop(SctpTimer.DelayedAck);
    }

    /// <summary>
    /// Takes a chunk with user data. <paramref name="isStreamKnown"/> false: it is acknowledged and thrown away (RFC 9260 §6.5).
    /// </summary>
    public void HandleData(in DataChunk chunk, bool isStreamKnown)
    {
        _hasPacketData = true;
        var tsn = chunk.Tsn;
        if (_tsns.Contains(tsn))
        {
            if (_duplicates.Count < MaxDuplicates)
            {
                _duplicates.Add(tsn);
            }

            IsSackDue = true;
            return;
        }

        if (!_tsns.HasRoomFor(tsn) || !HasRoomFor(tsn, chunk.UserData.Length))
        {
            // Not acknowledged, so the peer keeps it: this is also how its probes of a closed window end (RFC 9260 §6.2).
            drops.Count(DropReason.QueueFull);
            IsSackDue = true;
            return;
        }

        // RFC 9260 §6.7: a gap that opens, exists or closes is reported at once.
        IsSackDue |= _tsns.HasGaps || chunk.IsImmediate;
        _tsns.Add(tsn);
        IsSackDue |= _tsns.HasGaps;
        if (isStreamKnown)
        {
            _messages.Add(chunk);
        }
    }

    public void HandleForwardTsn(in ForwardTsnChunk forward)
    {
        _hasPacketData = true;
        IsSackDue = true;
        if (forward.NewCumulativeTsn <= _tsns.Cumulative || forward.NewCumulativeTsn - _tsns.Cumulative > ReceivedTsns.MaxAhead)
        {
            return;
        }

        _tsns.Forward(forward.NewCumulativeTsn);
        for (var i = 0; i < forward.EntryCount; i++)
        {
            _messages.Skip(forward.Entry(i));
        }

        _messages.Deliver(_tsns.Cumulative, forward.NewCumulativeTsn);
    }

    /// <summary>After a packet's last chunk: delivers messages and decides about the acknowledgement (RFC 9260 §6.2).</summary>
    public void EndPacket(Timestamp now)
    {
        if (!_hasPacketData)
        {
            return;
        }

        _hasPacketData = false;
        _messages.Deliver(_tsns.Cumulative);
        _packetsUnacknowledged++;
        if (_packetsUnacknowledged >= 2)
        {
            IsSackDue = true;
        }

        if (!IsSackDue && !timers.IsRunning(SctpTimer.DelayedAck))
        {
            timers.Set(SctpTimer.DelayedAck, now + options.SackDelay);
        }
    }

    /// <summary>The delayed acknowledgement's time has come, or it must not be delayed.</summary>
    public void RequestSack() => IsSackDue = true;

    public bool TryRead(out SctpMessage message)
    {
        var hasMessage = _messages.TryRead(out message);

        // A sender that was told of a closed window waits for news; half the window keeps it from sending in crumbs (silly window).
        if (_announcedWindow < 2 * (uint)options.MaxPacketSize && Window >= (uint)options.ReceiveWindow / 2)
        {
            IsSackDue = true;
            _announcedWindow = Window;
        }

        return hasMessage;
    }

    public bool TryWriteSack(ref SctpPacketWriter writer)
    {
        var window = Window;
        if (!SackChunk.TryWrite(ref writer, _tsns.Cumulative, window, _tsns.Ranges, CollectionsMarshal.AsSpan(_duplicates)))
        {
            return false;
        }

        _announcedWindow = window;
        _duplicates.Clear();
        _packetsUnacknowledged = 0;
        IsSackDue = false;
        timers.Stop(SctpTimer.DelayedAck);
        return true;
    }

    private bool HasRoomFor(Tsn tsn, int length)
    {
        // What closes a gap, or goes on with the message that fills the window, is what everything else waits for.
        var isAwaited = tsn <= _tsns.Highest || (tsn == _tsns.Cumulative + 1 && !_messages.HasUnread);
        var limit = isAwaited ? 2 * options.ReceiveWindow : options.ReceiveWindow;
        return _messages.HeldBytes + length <= limit;
    }
}
