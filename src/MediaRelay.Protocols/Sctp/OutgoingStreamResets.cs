using System.Runtime.InteropServices;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Sctp;

/// <summary>Resets of our outgoing streams: one request at a time, repeated until the peer has answered it (RFC 6525 §5.1).</summary>
internal sealed class OutgoingStreamResets(TimerTable<SctpTimer> timers)
{
    /// <summary>So that a request fits into every packet.</summary>
    private const int MaxStreamsPerRequest = 64;

    private readonly List<ushort> _waiting = [];
    private readonly List<ushort> _requested = [];
    private uint _sequence;
    private Tsn _lastTsn;
    private bool _isSendDue;

    public bool Contains(ushort stream) => _waiting.Contains(stream) || _requested.Contains(stream);

    /// <summary>
    /// The first request carries the initial TSN as its sequence number (RFC 6525 §4.1). Resets that were asked for before the
    /// handshake wait on.
    /// </summary>
    public void Start(Tsn initial) => _sequence = initial.Value;

    /// <summary>Forgets everything: the peer began anew, or is gone.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _requested.Clear();
        _isSendDue = false;
        timers.Stop(SctpTimer.Reconfig);
    }

    /// <summary>The peer turned out to know no resets; gives the streams that wait for one, one by one.</summary>
    public bool TryGiveUp(out ushort stream)
    {
        stream = _waiting.Count > 0 ? _waiting[^1] : default;
        if (_waiting.Count == 0)
        {
            return false;
        }

        _waiting.RemoveAt(_waiting.Count - 1);
        return true;
    }

    public void Request(ushort stream)
    {
        if (!Contains(stream))
        {
            _waiting.Add(stream);
        }
    }

    /// <summary>The request was not answered.</summary>
    public void HandleTimeout() => _isSendDue = _requested.Count > 0;

    /// <summary>
    /// Takes an answer. True when the request is over; then <paramref name="streams"/>, valid until the next call, may be used
    /// again. A denied request is over too: there is nothing else to be done with the stream.
    /// </summary>
    public bool TryFinish(Timestamp now, TimeSpan rto, uint sequence, ReconfigResult result, out ReadOnlySpan<ushort> streams)
    {
        streams = default;
        if (_requested.Count == 0 || sequence != _sequence)
        {
            return false;
        }

        if (result is ReconfigResult.InProgress or ReconfigResult.RequestAlreadyInProgress)
        {
            timers.Set(SctpTimer.Reconfig, now + rto);
            return false;
        }

        streams = CollectionsMarshal.AsSpan(_requested);
        _requested.Clear();
        _sequence++;
        _isSendDue = false;
        timers.Stop(SctpTimer.Reconfig);
        return true;
    }

    /// <summary>Adds the request that is due. A stream's turn comes when all that was sent on it is acknowledged.</summary>
    public void Write(Timestamp now, DataSender sender, TimeSpan rto, uint lastPeerSequence, ref SctpPacketWriter writer)
    {
        if (_requested.Count == 0 && _waiting.Count > 0)
        {
            Collect(sender);
        }

        if (_isSendDue
            && ReconfigChunk.TryWriteOutgoingReset(
                ref writer,
                _sequence,
                lastPeerSequence,
                _lastTsn,
                CollectionsMarshal.AsSpan(_requested)))
        {
            _isSendDue = false;
            timers.Set(SctpTimer.Reconfig, now + rto);
        }
    }

    private void Collect(DataSender sender)
    {
        for (var i = 0; i < _waiting.Count && _requested.Count < MaxStreamsPerRequest;)
        {
            if (sender.HasStream(_waiting[i]))
            {
                i++;
                continue;
            }

            _requested.Add(_waiting[i]);
            _waiting.RemoveAt(i);
        }

        if (_requested.Count > 0)
        {
            _isSendDue = true;
            _lastTsn = sender.NextTsn - 1;
        }
    }
}
