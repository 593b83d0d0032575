using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// The key frame with which an encoding joins a feed, kept until all of it is there: a host's uplink may need half a second for one, and
/// what plays goes on meanwhile. What comes behind it is kept too, while a lost packet of it is sent again.
/// </summary>
internal sealed class OpeningPicture
{
    // Half a megabyte: a key frame of 1080p is below 300 packets.
    private const int MaxPackets = 512;

    // Packets that overtook the first one of their key frame; more than this do not.
    private const int MaxEarly = 64;

    // Without the missing packet by then, viewers' own requests for a new key frame are the faster way.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // For parameter sets that may only be late, or be resent within a usual round trip; some encoders send none.
    private static readonly TimeSpan LongestWaitInFront = TimeSpan.FromMilliseconds(100);

    private readonly List<(long Sequence, bool IsOfPicture, PacketBuffer Buffer)> _packets = [];
    private readonly List<(long Sequence, uint Timestamp, bool Marker, PacketBuffer Buffer)> _early = [];
    private Timestamp _began;
    private uint _timestamp;
    private int _ofPicture;
    private long _first;
    private long _last;
    private long _before;

    public bool HasBegun => _packets.Count > 0;

    /// <summary>The key frame that is kept is this one, or a newer one.</summary>
    public bool Covers(long sequence, RtpTimestamp timestamp) => HasBegun && (_timestamp == timestamp.Value || sequence < _first);

    /// <summary>Keeps a packet that came before its key frame began, the newest ones only; the buffer now belongs to this.</summary>
    public void AddEarly(long sequence, in RtpPacket packet, PacketBuffer buffer)
    {
        if (_early.Exists(kept => kept.Sequence == sequence))
        {
            buffer.Dispose();
            return;
        }

        if (_early.Count == MaxEarly)
        {
            _early[0].Buffer.Dispose();
            _early.RemoveAt(0);
        }

        _early.Add((sequence, packet.Timestamp.Value, packet.Marker, buffer));
    }

    /// <summary>
    /// Drops what was kept and begins with a key frame's first packet; the buffer now belongs to this.
    /// </summary>
    /// <param name="before">The highest number of the stream that came before this packet; −1 when it is the first.</param>
    /// <param name="isFront">Nothing of the key frame comes before this packet.</param>
    public void Begin(Timestamp now, long sequence, long before, bool isFront, in RtpPacket packet, PacketBuffer buffer)
    {
        ClearPackets();
        _began = now;
        _timestamp = packet.Timestamp.Value;
        _ofPicture = 0;
        _first = sequence;
        _last = long.MaxValue;
        _before = isFront ? sequence : _early.Exists(kept => kept.Timestamp == _timestamp) ? -1 : before;
        Keep(sequence, isOfPicture: true, packet.Marker, buffer);
        TakeEarly();
    }

    /// <summary>Keeps a packet of the key frame or behind it; the buffer now belongs to this. One that is there already is dropped.</summary>
    /// <param name="isStart">A key frame can be decoded from this packet on; one that was overtaken is the first then.</param>
    /// <param name="isFront">As for <see cref="Begin"/>.</param>
    public void Add(long sequence, bool isStart, bool isFront, in RtpPacket packet, PacketBuffer buffer)
    {
        var isOfPicture = packet.Timestamp.Value == _timestamp;
        if (sequence < _first && isOfPicture && !isStart)
        {
            AddEarly(sequence, packet, buffer);
            return;
        }

        if ((sequence < _first && !isOfPicture) || isFront)
        {
            // The end of the picture before, or the front of this one: nothing is missing in between.
            _before = Math.Max(_before, sequence);
        }

        if ((sequence < _first && !isOfPicture) || _packets.Exists(kept => kept.Sequence == sequence))
        {
            buffer.Dispose();
            return;
        }

        _first = Math.Min(_first, sequence);
        Keep(sequence, isOfPicture, packet.Marker, buffer);
        TakeEarly();
    }

    /// <summary>The encoding may join: the picture is complete, or not worth waiting for any longer.</summary>
    public bool IsReady(Timestamp now)
    {
        if (!HasBegun)
        {
            return false;
        }

        var isWhole = _ofPicture > _last - _first
            && (_before >= _first - 1 || now - _began >= LongestWaitInFront);
        return isWhole || _packets.Count >= MaxPackets || now - _began >= LongestWait;
    }

    /// <summary>Hands over what was kept, in order; what is still missing may follow.</summary>
    public IReadOnlyList<(long Sequence, PacketBuffer Buffer)> TakeAll()
    {
        (long, PacketBuffer)[] kept = [.. _packets.OrderBy(packet => packet.Sequence).Select(packet => (packet.Sequence, packet.Buffer))];
        _packets.Clear();
        ClearEarly();
        return kept;
    }

    public void Clear()
    {
        ClearPackets();
        ClearEarly();
    }

    private void Keep(long sequence, bool isOfPicture, bool marker, PacketBuffer buffer)
    {
        _packets.Add((sequence, isOfPicture, buffer));
        if (isOfPicture)
        {
            _ofPicture++;
            _last = marker ? sequence : _last;
        }
    }

    private void TakeEarly()
    {
        for (var i = _early.Count - 1; i >= 0; i--)
        {
            var (sequence, timestamp, marker, buffer) = _early[i];
            if (sequence > _first)
            {
                Keep(sequence, timestamp == _timestamp, marker, buffer);
                _early.RemoveAt(i);
            }
        }
    }

    private void ClearPackets()
    {
        foreach (var packet in _packets)
        {
            packet.Buffer.Dispose();
        }

        _packets.Clear();
    }

    private void ClearEarly()
    {
        foreach (var packet in _early)
        {
            packet.Buffer.Dispose();
        }

        _early.Clear();
    }
}
