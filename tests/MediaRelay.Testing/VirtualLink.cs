using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>One direction of a <see cref="VirtualNetwork"/>: datagrams go in at one time and come out at another, or never.</summary>
public sealed class VirtualLink
{
    private readonly LinkModel _model;
    private readonly DelayLine<byte[]> _travelling = new();

    internal VirtualLink(Random random) => _model = new LinkModel(random, new LinkConditions());

    public LinkConditions Conditions => _model.Conditions;

    /// <summary>Datagrams handed to <see cref="Send"/>.</summary>
    public long Sent => _model.Counters.Sent;

    /// <summary>Bytes handed to <see cref="Send"/>.</summary>
    public long SentBytes => _model.Counters.SentBytes;

    /// <summary>Datagrams lost at random or by a full queue.</summary>
    public long Lost => _model.Counters.Lost + _model.Counters.QueueDropped;

    /// <summary>Datagrams given out by <see cref="TryReceive"/>.</summary>
    public long Received { get; private set; }

    /// <summary>When the next datagram arrives, or <see cref="Timestamp.Never"/>.</summary>
    public Timestamp NextArrival => _travelling.NextArrival;

    public void Send(Timestamp now, ReadOnlySpan<byte> datagram)
    {
        var decision = _model.Decide(now, datagram.Length);
        if (decision.Fate != LinkFate.Passed)
        {
            return;
        }

        _travelling.Add(decision.Arrival, datagram.ToArray());
        if (decision.CopyArrival != Timestamp.Never)
        {
            _travelling.Add(decision.CopyArrival, datagram.ToArray());
        }
    }

    /// <summary>Takes the next datagram that has arrived by <paramref name="now"/>.</summary>
    public bool TryReceive(Timestamp now, out byte[] datagram)
    {
        if (!_travelling.TryTake(now, out datagram))
        {
            datagram = [];
            return false;
        }

        Received++;
        return true;
    }
}
