using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// The part of a feed on one loop: what is kept of it there and who watches there. Packets that arrive in one turn of the loop are
/// sent viewer by viewer, not packet by packet, so that one viewer's datagrams lie side by side in the send batch.
/// </summary>
internal sealed class FeedFanout(Feed feed, RelayShard shard) : IDisposable
{
    private const int FirstVideoCapacity = 256;
    private const int FirstAudioCapacity = 64;

    private readonly PacketHistory _video = new(FirstVideoCapacity);
    private readonly PacketHistory _audio = new(FirstAudioCapacity);
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<Subscription> _starting = [];
    private readonly List<FeedPacket> _pending = [];

    public Feed Feed { get; } = feed;

    public RelayShard Shard { get; } = shard;

    public FeedClock Clock { get; set; }

    /// <summary>Every viewer of the feed on this loop, also those who take data only.</summary>
    public List<ViewerSession> Viewers { get; } = [];

    public PacketHistory History(bool isVideo) => isVideo ? _video : _audio;

    public IEnumerable<FeedPacket> KeptPackets() => _audio.Packets().Concat(_video.Packets());

    /// <summary>
    /// Takes a packet of the feed: keeps it and puts it before this turn's fan-out. One that is there already (a resend that was not
    /// needed) goes no further. The caller keeps its own reference.
    /// </summary>
    public void Enqueue(Timestamp now, in FeedPacket packet)
    {
        if (!History(packet.IsVideo).Add(now, packet) || _subscriptions.Count == 0)
        {
            return;
        }

        packet.Buffer.Retain();
        _pending.Add(packet);
        if (_pending.Count == 1)
        {
            Shard.AddPending(this);
        }
    }

    /// <summary>Sends what this turn brought to every viewer.</summary>
    public void Flush(Timestamp now, DatagramWriter output)
    {
        foreach (var subscription in _subscriptions)
        {
            foreach (ref readonly var packet in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending))
            {
                if (packet.IsVideo == subscription.IsVideo)
                {
                    subscription.Send(now, packet, output);
                }
            }
        }

        foreach (var packet in _pending)
        {
            packet.Buffer.Dispose();
        }

        _pending.Clear();
    }

    public void Add(Timestamp now, Subscription subscription)
    {
        if (_subscriptions.Count == 0)
        {
            Feed.Home.Run(then => Feed.Attach(then, Shard));
        }

        _subscriptions.Add(subscription);
        subscription.Begin(now);
        if (!subscription.IsLive)
        {
            _starting.Add(subscription);
        }
    }

    public void Remove(Subscription subscription)
    {
        _starting.Remove(subscription);
        if (_subscriptions.Remove(subscription) && _subscriptions.Count == 0)
        {
            Feed.Home.Run(_ => Feed.Detach(Shard));
        }
    }

    /// <summary>Starts viewers who wait for a key frame and goes on with those who catch up.</summary>
    public void HandleTimeout(Timestamp now, DatagramWriter output)
    {
        for (var i = _starting.Count - 1; i >= 0; i--)
        {
            var subscription = _starting[i];
            subscription.CatchUp(now, output);
            if (subscription.IsLive)
            {
                _starting.RemoveAt(i);
            }
        }
    }

    public void Dispose()
    {
        foreach (var packet in _pending)
        {
            packet.Buffer.Dispose();
        }

        _pending.Clear();
        _video.Dispose();
        _audio.Dispose();
    }
}
