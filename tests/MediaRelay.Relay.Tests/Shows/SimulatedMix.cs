using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// A mixer's output in virtual time: pictures and sound, 100 ms after they were captured, and with rates a small picture while it is
/// wanted.
/// </summary>
internal sealed class SimulatedMix
{
    private const int Delay = 100;
    private const int PictureInterval = 33;
    private const int LargePacket = 1_100;
    private const int Overhead = 60;

    // From asking for the small picture to its first one: the encoder is opened.
    private const int OpeningTime = 80;

    // As the server: who wanted it may want it again.
    private const int SmallLinger = 10_000;

    private readonly RelayHarness _harness;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private readonly VideoCodec _codec;
    private readonly byte _name;
    private readonly SimulatedEncoding[] _encodings;
    private readonly uint _audioFirstTimestamp;
    private readonly long[]? _rates;
    private uint _nextSsrc = 9;
    private long _audioSequence;
    private int _sounds;
    private long _nextPicture;
    private long _nextSound;
    private long _nextMapping;
    private long _smallFrom = long.MaxValue;
    private long _smallWantedAt;

    /// <param name="rates">Bits per second of the picture and of the small one; null for one picture in small packets at random.</param>
    public SimulatedMix(RelayHarness harness, Ledger ledger, Rooms.Room room, VideoCodec codec, byte name, int seed, long[]? rates = null)
    {
        _harness = harness;
        _ledger = ledger;
        _codec = codec;
        _name = name;
        _rates = rates;
        _random = new Random(seed);
        byte id = 1;
        _encodings =
        [
            new SimulatedEncoding(_random, () => id++, rid: null, ssrc: 7, 640, 384),
            new SimulatedEncoding(_random, () => id++, rid: null, ssrc: 8, 320, 192),
        ];
        _encodings[1].FollowClockOf(_encodings[0]);
        _audioFirstTimestamp = (uint)_random.NextInt64(uint.MaxValue);
        _audioSequence = _random.Next(65_536);
        Source = room.AddMix(
            codec, layer => _encodings[layer].IsKeyFrameWanted = true, static () => { }, () => IsRemoved = true,
            rates is null ? null : new MixLayers(640 * 384, rates[0], rates[1]));
        _nextPicture = _nextSound = _nextMapping = NowMs;
    }

    public MixSource Source { get; }

    public bool IsRemoved { get; private set; }

    public byte Name => _name;

    /// <summary>Its process has died without a word: it sends nothing any more.</summary>
    public bool IsDead { get; set; }

    /// <summary>The encoding that a mark of the small picture names.</summary>
    public byte SmallId => _encodings[1].Id;

    public bool IsSmallMade => NowMs >= _smallFrom;

    private long NowMs => _harness.Now.Nanoseconds / 1_000_000;

    public void Advance()
    {
        if (IsRemoved || IsDead)
        {
            return;
        }

        FollowWishes();
        if (NowMs >= _nextMapping)
        {
            _nextMapping = NowMs + 500;
            Source.PushCaptureMapping(isVideo: true, new CaptureMapping(_encodings[0].TimestampAt(NowMs), _harness.WallClock, 90_000));
            Source.PushCaptureMapping(
                isVideo: false, new CaptureMapping(_audioFirstTimestamp + (uint)(NowMs * 48), _harness.WallClock, 48_000));
        }

        for (; _nextPicture <= NowMs; _nextPicture += PictureInterval)
        {
            PushPicture(MixSource.Whole);
            if (IsSmallMade)
            {
                PushPicture(MixSource.Small);
            }
        }

        for (; _nextSound <= NowMs; _nextSound += 20)
        {
            var captured = _nextSound - Delay;
            var mark = new Mark(_name, 0, _audioSequence++, _sounds++, 0, 1, false, captured);
            Source.PushSound(Write(mark, marker: false, _audioFirstTimestamp + (uint)(captured * 48), new Ssrc(7), Payloads.Sound(mark)));
        }
    }

    private void FollowWishes()
    {
        if (Source.IsSmallWanted)
        {
            _smallWantedAt = NowMs;
            if (_smallFrom == long.MaxValue)
            {
                _smallFrom = NowMs + OpeningTime;
                _encodings[1].Restart(_nextSsrc++);
                _encodings[1].FollowClockOf(_encodings[0]);
            }
        }
        else if (NowMs - _smallWantedAt > SmallLinger)
        {
            _smallFrom = long.MaxValue;
        }
    }

    private void PushPicture(int layer)
    {
        var captured = _nextPicture - Delay;
        var encoding = _encodings[layer];
        var made = Encode(encoding, layer, captured);
        for (var i = 0; i < made.Count; i++)
        {
            var (mark, payload) = made[i];
            Source.PushPicture(
                layer, Write(mark, i == made.Count - 1, encoding.TimestampAt(captured), new Ssrc(encoding.Ssrc), payload));
        }
    }

    private List<(Mark Mark, byte[] Payload)> Encode(SimulatedEncoding encoding, int layer, long capturedMs)
    {
        var isKeyFrame = encoding.IsKeyFrameWanted;
        if (_rates is null)
        {
            return encoding.Encode(_codec, _name, capturedMs, isKeyFrame ? 3 + _random.Next(12) : 1 + _random.Next(4));
        }

        var bytes = (int)(_rates[layer] * PictureInterval / 8_000) * (isKeyFrame ? 4 : 1);
        var packets = (bytes / LargePacket) + 1;
        return encoding.Encode(_codec, _name, capturedMs, packets, least: Math.Max(1, (bytes / packets) - Overhead), unevenness: 20);
    }

    private byte[] Write(in Mark mark, bool marker, uint timestamp, Ssrc ssrc, byte[] payload)
    {
        var packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpHeaderWriter.Write(packet, marker, new PayloadType(96), new SequenceNumber((ushort)mark.Sequence), new RtpTimestamp(timestamp), ssrc);
        payload.CopyTo(packet, RtpPacket.FixedHeaderLength);
        _ledger.Sent(mark, _codec, payload);
        _ledger.Reached(_harness.Now, (mark.Source, mark.Encoding, mark.Sequence));
        return packet;
    }
}
