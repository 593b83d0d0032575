using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>One encoding of a simulated camera: makes the packets of its pictures.</summary>
internal sealed class SimulatedEncoding(Random random, Func<byte> nextId, string? rid, uint ssrc, int width, int height)
{
    private int _picture;
    private ushort _pictureId = (ushort)random.Next(0x8000);
    private byte _tl0 = (byte)random.Next(256);
    private byte _keyIdx = (byte)random.Next(32);
    private uint _firstTimestamp = (uint)random.NextInt64(uint.MaxValue);

    public string? Rid { get; } = rid;

    public byte Id { get; private set; } = nextId();

    public uint Ssrc { get; private set; } = ssrc;

    /// <summary>The next packet's number; the wire has its low 16 bits.</summary>
    public long Sequence { get; private set; } = random.Next(65_536);

    /// <summary>Whether it sends at all: a shrinking uplink stops the larger encodings.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>It leaves pictures out until then.</summary>
    public long RestsUntilMs { get; set; }

    public bool IsKeyFrameWanted { get; set; } = true;

    public uint TimestampAt(long capturedMs) => _firstTimestamp + (uint)(capturedMs * 90);

    /// <summary>Counts timestamps from where that one does.</summary>
    public void FollowClockOf(SimulatedEncoding other) => _firstTimestamp = other._firstTimestamp;

    /// <summary>So many packets later, as after minutes that nobody needs to watch.</summary>
    public void Skip(int packets) => Sequence += packets;

    /// <summary>The encoder begins anew under another SSRC.</summary>
    public void Restart(uint ssrc)
    {
        Ssrc = ssrc;
        Id = nextId();
        Sequence = random.Next(65_536);
        _picture = 0;
        _pictureId = (ushort)random.Next(0x8000);
        _tl0 = (byte)random.Next(256);
        _keyIdx = (byte)random.Next(32);
        _firstTimestamp = (uint)random.NextInt64(uint.MaxValue);
        IsKeyFrameWanted = true;
    }

    /// <summary>The packets of the next picture, first one first.</summary>
    public List<(Mark Mark, byte[] Payload)> Encode(
        VideoCodec codec, byte source, long capturedMs, int packets, int least = 40, int unevenness = 60)
    {
        var isKeyFrame = IsKeyFrameWanted;
        IsKeyFrameWanted = false;
        _pictureId = (ushort)((_pictureId + 1) & 0x7FFF);
        _tl0++;
        _keyIdx += isKeyFrame ? (byte)1 : (byte)0;
        var counters = new PictureCounters(_pictureId, _tl0, _keyIdx);
        var made = new List<(Mark, byte[])>();
        for (var i = 0; i < packets; i++)
        {
            var mark = new Mark(source, Id, Sequence++, _picture, (ushort)i, (ushort)packets, isKeyFrame, capturedMs);
            made.Add((mark, Payloads.Picture(codec, mark, counters, width, height, least + random.Next(unevenness))));
        }

        _picture++;
        return made;
    }
}
