using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// A host in virtual time: sends pictures (30 a second, in one or several encodings) and sound over an uplink that may lose, repeat and
/// reorder, and answers what the relay asks for.
/// </summary>
internal sealed class SimulatedHost
{
    private const int PictureInterval = 33;
    private const int SoundInterval = 20;
    private const int EncoderDelay = 30;
    private const int LargePacket = 1_100;
    private const int Overhead = 60;

    private readonly RelayHarness _harness;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private readonly byte _name;
    private readonly PriorityQueue<byte[], (long Time, int Order)> _outbox = new();
    private readonly Dictionary<(uint Ssrc, ushort Number), (byte[] Datagram, (byte, byte, long) Packet)> _sent = [];
    private readonly uint _audioSsrc;
    private readonly uint _audioFirstTimestamp;
    private readonly byte _audioId;
    private readonly long _clockOffset;
    private byte _lastId;
    private long _audioSequence;
    private int _sounds;
    private uint _nextSsrc;
    private long _nextPicture;
    private long _nextSound;
    private long _nextReport;
    private int _order;
    private int _pictureLossesSeen;
    private int _nacksSeen;

    public SimulatedHost(RelayHarness harness, Ledger ledger, Rooms.Room room, SimulatedHostOptions options, byte name, int seed)
    {
        _harness = harness;
        _ledger = ledger;
        _random = new Random(seed);
        _name = name;
        Options = options;
        _nextSsrc = (uint)(10_000 * (name + 1));
        _audioSsrc = _nextSsrc++;
        _audioId = NextId();
        _audioSequence = _random.Next(65_536);
        _audioFirstTimestamp = (uint)_random.NextInt64(uint.MaxValue);
        _clockOffset = _random.NextInt64(-3_600_000_000_000, 3_600_000_000_000);
        for (var i = 0; i < options.Encodings; i++)
        {
            Encodings.Add(new SimulatedEncoding(
                _random, NextId, options.Encodings > 1 ? $"r{i}" : null, _nextSsrc++, 320 << i, 192 << i));
        }

        Peer = harness.Publish(room, MakeOffer(), options.Identity);
        harness.Connect(Peer);
        Uplink = harness.Link(Peer, seed).BToA.Conditions;
        _nextPicture = _nextSound = NowMs;
        _nextReport = NowMs + 300;
    }

    public SimulatedHostOptions Options { get; }

    public TestPeer Peer { get; }

    public LinkConditions Uplink { get; }

    public List<SimulatedEncoding> Encodings { get; } = [];

    public byte Name => _name;

    /// <summary>Its session has been ended, by somebody or by the same host's next one.</summary>
    public bool IsGone => Peer.Connection!.IsClosed;

    /// <summary>It sends nothing although its connection lives.</summary>
    public bool IsMuted { get; set; }

    private long NowMs => _harness.Now.Nanoseconds / 1_000_000;

    /// <summary>Stops or starts one encoding; one that comes back begins with a key frame.</summary>
    public void Toggle(int encoding)
    {
        var toggled = Encodings[encoding];
        toggled.IsOn = !toggled.IsOn;
        toggled.IsKeyFrameWanted = true;
    }

    public void Restart(int encoding) => Encodings[encoding].Restart(_nextSsrc++);

    /// <summary>Notes a datagram of this host that reached the relay.</summary>
    public void OnReached(byte[] datagram)
    {
        if (datagram.Length > RtpPacket.FixedHeaderLength && RtpPacket.TryParseProtected(datagram, out var packet)
            && _sent.TryGetValue((packet.Ssrc.Value, packet.SequenceNumber.Value), out var sent))
        {
            _ledger.Reached(_harness.Now, sent.Packet);
        }
    }

    /// <summary>Sends what is due.</summary>
    public void Advance()
    {
        if (IsGone)
        {
            return;
        }

        AnswerRelay();
        for (; _nextPicture <= NowMs; _nextPicture += PictureInterval)
        {
            if (!IsMuted)
            {
                SendPictures(_nextPicture);
            }
        }

        for (; _nextSound <= NowMs; _nextSound += SoundInterval)
        {
            if (!IsMuted)
            {
                SendSound(_nextSound);
            }
        }

        if (NowMs >= _nextReport && !IsMuted)
        {
            _nextReport = NowMs + 1_000;
            SendReports();
        }

        while (_outbox.TryPeek(out var datagram, out var due) && due.Time <= NowMs)
        {
            _outbox.Dequeue();
            _harness.Send(Peer, datagram);
        }
    }

    private OfferOptions MakeOffer() => new()
    {
        Role = NegotiationRole.Publish,
        VideoCodecs = [Options.Codec == VideoCodec.Vp8 ? SdpCodec.Vp8 : SdpCodec.H264],
        Rtx = false,
        Streams = new AnnouncedStreams("host", "stream", "a", "v", _audioSsrc, _audioSsrc + 1, _audioSsrc + 1_000),
        SimulcastRids = Options.Encodings > 1 ? [.. Enumerable.Range(0, Options.Encodings).Select(i => $"r{i}")] : [],
    };

    private byte NextId() => ++_lastId;

    private void AnswerRelay()
    {
        for (; _pictureLossesSeen < Peer.PictureLosses.Count; _pictureLossesSeen++)
        {
            foreach (var encoding in Encodings.Where(encoding => encoding.Ssrc == Peer.PictureLosses[_pictureLossesSeen]))
            {
                encoding.IsKeyFrameWanted = true;
            }
        }

        for (; _nacksSeen < Peer.Nacks.Count; _nacksSeen++)
        {
            // Some packets are gone for good: an uplink that is bad enough loses resends too.
            var (ssrc, number) = Peer.Nacks[_nacksSeen];
            if (_sent.TryGetValue((ssrc, number), out var sent) && sent.Packet.Item3 % 7 != 3)
            {
                _harness.Send(Peer, sent.Datagram);
            }
        }
    }

    private void SendPictures(long capturedMs)
    {
        var media = Peer.Session!.Video!;
        foreach (var encoding in Encodings.Where(encoding => encoding.IsOn && capturedMs >= encoding.RestsUntilMs))
        {
            // What a rate control makes of a large key frame: a browser's small encoding says nothing for most of a second then.
            encoding.RestsUntilMs = encoding.IsKeyFrameWanted && Options.KeyFrameSize > 10
                ? capturedMs + ((Options.KeyFrameSize - 1) * PictureInterval)
                : 0;
            var made = Encode(encoding, capturedMs);
            var timestamp = encoding.TimestampAt(capturedMs);
            for (var i = 0; i < made.Count; i++)
            {
                var sentAt = capturedMs + EncoderDelay + (Options.IsPaced ? 20 * i / made.Count : 0);
                Queue(media, encoding.Ssrc, made[i].Mark, timestamp, i == made.Count - 1, made[i].Payload, encoding.Rid, sentAt);
            }
        }
    }

    private List<(Mark Mark, byte[] Payload)> Encode(SimulatedEncoding encoding, long capturedMs)
    {
        var isKeyFrame = encoding.IsKeyFrameWanted;
        if (Options.Rates is not { } rates)
        {
            var count = isKeyFrame ? 3 + _random.Next(Options.MaxKeyFramePackets)
                : Options.PacketsPerPicture > 0 ? Options.PacketsPerPicture
                : 1 + _random.Next(4);
            return encoding.Encode(Options.Codec, _name, capturedMs, count);
        }

        var bytes = (int)(rates[Encodings.IndexOf(encoding)] * PictureInterval / 8_000) * (isKeyFrame ? Options.KeyFrameSize : 1);
        var packets = Math.Max((bytes / LargePacket) + 1, isKeyFrame ? 3 : 1);
        return encoding.Encode(Options.Codec, _name, capturedMs, packets, least: Math.Max(1, (bytes / packets) - Overhead), unevenness: 20);
    }

    private void SendSound(long capturedMs)
    {
        var mark = new Mark(_name, _audioId, _audioSequence++, _sounds++, 0, 1, false, capturedMs);
        Queue(
            Peer.Session!.Audio!, _audioSsrc, mark, _audioFirstTimestamp + (uint)(capturedMs * 48), marker: false, Payloads.Sound(mark),
            rid: null, capturedMs + 5);
    }

    private void Queue(
        NegotiatedMedia media, uint ssrc, in Mark mark, uint timestamp, bool marker, byte[] payload, string? rid, long sentAt)
    {
        Span<byte> elements = stackalloc byte[64];
        var extensions = new RtpExtensionsBuilder(elements);
        extensions.Add(media.Extensions[HeaderExtensions.MidUri], System.Text.Encoding.ASCII.GetBytes(media.Mid!));
        if (rid is not null)
        {
            extensions.Add(media.Extensions[HeaderExtensions.RidUri], System.Text.Encoding.ASCII.GetBytes(rid));
        }

        Span<byte> header = stackalloc byte[64];
        var number = (ushort)mark.Sequence;
        var length = RtpHeaderWriter.Write(
            header, marker, new PayloadType(media.Codecs[0].PayloadType), new SequenceNumber(number), new RtpTimestamp(timestamp),
            new Ssrc(ssrc), extensions);
        var datagram = Peer.Protect(header[..length], payload);
        _ledger.Sent(mark, Options.Codec, payload);
        _sent[(ssrc, number)] = (datagram, (mark.Source, mark.Encoding, mark.Sequence));
        _outbox.Enqueue(datagram, (sentAt, _order++));
    }

    private void SendReports()
    {
        var now = NowMs;
        var time = _harness.WallClock.AddNanoseconds(_clockOffset);
        SendReport(_audioSsrc, time, _audioFirstTimestamp + (uint)(now * 48));
        foreach (var encoding in Encodings.Where(encoding => encoding.IsOn))
        {
            SendReport(encoding.Ssrc, time, encoding.TimestampAt(now));
        }
    }

    private void SendReport(uint ssrc, NtpTime time, uint timestamp)
    {
        var report = new byte[64];
        var length = RtcpWriter.WriteSenderReport(report, new Ssrc(ssrc), time, new RtpTimestamp(timestamp), 1, 1, default);
        _harness.Send(Peer, Peer.ProtectRtcp(report.AsSpan(0, length)));
    }
}
