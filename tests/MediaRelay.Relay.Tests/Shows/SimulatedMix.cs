using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>A mixer's output in virtual time: pictures and sound, 100 ms after they were captured.</summary>
internal sealed class SimulatedMix
{
    private const int Delay = 100;

    private readonly RelayHarness _harness;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private readonly VideoCodec _codec;
    private readonly byte _name;
    private readonly SimulatedEncoding _encoding;
    private readonly uint _audioFirstTimestamp;
    private long _audioSequence;
    private int _sounds;
    private long _nextPicture;
    private long _nextSound;
    private long _nextMapping;

    public SimulatedMix(RelayHarness harness, Ledger ledger, Rooms.Room room, VideoCodec codec, byte name, int seed)
    {
        _harness = harness;
        _ledger = ledger;
        _codec = codec;
        _name = name;
        _random = new Random(seed);
        byte id = 1;
        _encoding = new SimulatedEncoding(_random, () => id++, rid: null, ssrc: 7, 640, 384);
        _audioFirstTimestamp = (uint)_random.NextInt64(uint.MaxValue);
        _audioSequence = _random.Next(65_536);
        Source = room.AddMix(codec, () => _encoding.IsKeyFrameWanted = true, static () => { }, () => IsRemoved = true);
        _nextPicture = _nextSound = _nextMapping = NowMs;
    }

    public MixSource Source { get; }

    public bool IsRemoved { get; private set; }

    public byte Name => _name;

    /// <summary>Its process has died without a word: it sends nothing any more.</summary>
    public bool IsDead { get; set; }

    private long NowMs => _harness.Now.Nanoseconds / 1_000_000;

    public void Advance()
    {
        if (IsRemoved || IsDead)
        {
            return;
        }

        if (NowMs >= _nextMapping)
        {
            _nextMapping = NowMs + 500;
            Source.PushCaptureMapping(isVideo: true, new CaptureMapping(_encoding.TimestampAt(NowMs), _harness.WallClock, 90_000));
            Source.PushCaptureMapping(
                isVideo: false, new CaptureMapping(_audioFirstTimestamp + (uint)(NowMs * 48), _harness.WallClock, 48_000));
        }

        for (; _nextPicture <= NowMs; _nextPicture += 33)
        {
            var captured = _nextPicture - Delay;
            var count = _encoding.IsKeyFrameWanted ? 3 + _random.Next(12) : 1 + _random.Next(4);
            var made = _encoding.Encode(_codec, _name, captured, count);
            for (var i = 0; i < made.Count; i++)
            {
                Push(isVideo: true, made[i].Mark, i == made.Count - 1, _encoding.TimestampAt(captured), made[i].Payload);
            }
        }

        for (; _nextSound <= NowMs; _nextSound += 20)
        {
            var captured = _nextSound - Delay;
            var mark = new Mark(_name, 0, _audioSequence++, _sounds++, 0, 1, false, captured);
            Push(isVideo: false, mark, marker: false, _audioFirstTimestamp + (uint)(captured * 48), Payloads.Sound(mark));
        }
    }

    private void Push(bool isVideo, in Mark mark, bool marker, uint timestamp, byte[] payload)
    {
        var packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpHeaderWriter.Write(
            packet, marker, new PayloadType(96), new SequenceNumber((ushort)mark.Sequence), new RtpTimestamp(timestamp), new Ssrc(7));
        payload.CopyTo(packet, RtpPacket.FixedHeaderLength);
        _ledger.Sent(mark, _codec, payload);
        _ledger.Reached(_harness.Now, (mark.Source, mark.Encoding, mark.Sequence));
        Source.Push(isVideo, packet);
    }
}
