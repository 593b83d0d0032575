using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Keeps the packets of one layer's picture until its last one is there, so that every viewer gets them in one run. A picture cannot be
/// decoded before its last packet, so nothing is lost by it; what takes longer than <see cref="LongestHold"/> goes out in parts.
/// </summary>
internal sealed class FrameHold
{
    public static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(20);

    // A key frame of 1080p is below 300 packets; more without a marker is not a picture.
    private const int MaxPackets = 512;

    private readonly List<FeedPacket> _packets = [];
    private Timestamp _since;
    private long _highestReleased = -1;
    private bool _hasEnd;
    private bool _hasKeyFrame;

    /// <summary>
    /// A key frame whose first packets (parameter sets) may have been overtaken: a viewer who started without them would show nothing.
    /// </summary>
    private bool LacksFront => _hasKeyFrame && _packets[0].Sequence > _highestReleased + 1;

    /// <summary>When <see cref="Expire"/> has something to do.</summary>
    public Timestamp Deadline => _packets.Count == 0 ? Timestamp.Never : _since + LongestHold;

    /// <summary>Takes a packet; what may go out now is added to <paramref name="ready"/>.</summary>
    public void Add(Timestamp now, in FeedPacket packet, List<FeedPacket> ready)
    {
        if (packet.Sequence <= _highestReleased)
        {
            // A resend, or one that was overtaken: its picture waits for it at the viewers.
            ready.Add(packet);
            return;
        }

        if (_packets.Count > 0 && (packet.Timestamp != _packets[0].Timestamp || packet.Epoch != _packets[0].Epoch))
        {
            Release(ready);
        }

        if (_packets.Count == 0)
        {
            _since = now;
        }

        Insert(packet);
        _hasEnd |= packet.Marker;
        _hasKeyFrame |= packet.IsKeyFrameStart;
        if ((_hasEnd && !LacksFront) || _packets.Count >= MaxPackets)
        {
            Release(ready);
        }
    }

    /// <summary>Lets go of a picture that has been waiting for its end for too long.</summary>
    public void Expire(Timestamp now, List<FeedPacket> ready)
    {
        if (now >= Deadline)
        {
            Release(ready);
        }
    }

    public void Release(List<FeedPacket> ready)
    {
        foreach (ref readonly var packet in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_packets))
        {
            _highestReleased = Math.Max(_highestReleased, packet.Sequence);
            ready.Add(packet);
        }

        Begin();
    }

    private void Begin()
    {
        _packets.Clear();
        _hasEnd = false;
        _hasKeyFrame = false;
    }

    /// <summary>In order, so that a viewer who starts with this picture starts with its first packet.</summary>
    private void Insert(in FeedPacket packet)
    {
        var place = _packets.Count;
        while (place > 0 && _packets[place - 1].Sequence > packet.Sequence)
        {
            place--;
        }

        _packets.Insert(place, packet);
    }

    /// <summary>Drops what is held.</summary>
    public void Clear()
    {
        foreach (var packet in _packets)
        {
            packet.Buffer.Dispose();
        }

        Begin();
    }
}
