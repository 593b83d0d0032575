using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// The key frame with which a source will take over a feed, kept until all of it is there: a host's uplink may need half a second for
/// one, and what plays goes on meanwhile. What comes behind it is kept too, while a lost packet of it is sent again.
/// </summary>
internal sealed class OpeningPicture
{
    // Half a megabyte: a key frame of 1080p is below 300 packets.
    private const int MaxPackets = 512;

    // Without the missing packet by then, viewers' own requests for a new key frame are the faster way.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly List<(long Sequence, PacketBuffer Buffer)> _packets = [];
    private Timestamp _began;
    private uint _timestamp;
    private int _ofPicture;
    private long _last;

    public bool HasBegun => _packets.Count > 0;

    /// <summary>Which encoding it is of.</summary>
    public int Layer { get; private set; }

    /// <summary>It has begun, with this encoding.</summary>
    public bool IsOf(int layer) => HasBegun && Layer == layer;

    /// <summary>A packet with this timestamp belongs to the key frame that is kept.</summary>
    public bool IsOf(RtpTimestamp timestamp) => HasBegun && _timestamp == timestamp.Value;

    /// <summary>Drops what was kept and begins with a key frame's first packet; the buffer now belongs to this.</summary>
    public void Begin(Timestamp now, int layer, long sequence, in RtpPacket packet, PacketBuffer buffer)
    {
        Clear();
        Layer = layer;
        _began = now;
        _timestamp = packet.Timestamp.Value;
        _ofPicture = 0;
        _last = long.MaxValue;
        Add(sequence, packet, buffer);
    }

    /// <summary>Keeps a packet behind the first one; the buffer now belongs to this. One that is older or there already is dropped.</summary>
    public void Add(long sequence, in RtpPacket packet, PacketBuffer buffer)
    {
        foreach (var kept in _packets)
        {
            if (sequence == kept.Sequence || sequence < _packets[0].Sequence)
            {
                buffer.Dispose();
                return;
            }
        }

        _packets.Add((sequence, buffer));
        if (packet.Timestamp.Value != _timestamp)
        {
            return;
        }

        _ofPicture++;
        if (packet.Marker)
        {
            _last = sequence;
        }
    }

    /// <summary>The source may take over: the picture is complete, or not worth waiting for any longer.</summary>
    public bool IsReady(Timestamp now) =>
        HasBegun && (_ofPicture > _last - _packets[0].Sequence || _packets.Count >= MaxPackets || now - _began >= LongestWait);

    /// <summary>Hands over what was kept, in order; what is still missing may follow.</summary>
    public IReadOnlyList<PacketBuffer> TakeAll()
    {
        PacketBuffer[] buffers = [.. _packets.OrderBy(packet => packet.Sequence).Select(packet => packet.Buffer)];
        _packets.Clear();
        return buffers;
    }

    public void Clear()
    {
        foreach (var (_, buffer) in _packets)
        {
            buffer.Dispose();
        }

        _packets.Clear();
    }
}
