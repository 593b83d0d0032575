using System.Buffers.Binary;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Relay.Tests;

/// <summary>Publishes pictures and sound whose payload says who sent them and which number they have.</summary>
internal sealed class FakeHost
{
    public const uint VideoSsrc = 1_000;
    public const uint AudioSsrc = 2_000;

    private readonly RelayHarness _harness;
    private readonly byte _name;
    private ushort _videoSequence;
    private ushort _audioSequence;
    private uint _videoTimestamp;
    private uint _audioTimestamp;
    private uint _frame;

    public FakeHost(RelayHarness harness, TestPeer peer, byte name, ushort firstSequence = 65_500, uint firstTimestamp = 4_294_960_000)
    {
        _harness = harness;
        Peer = peer;
        _name = name;
        _videoSequence = firstSequence;
        _audioSequence = firstSequence;
        _videoTimestamp = firstTimestamp;
        _audioTimestamp = firstTimestamp;
    }

    public TestPeer Peer { get; }

    /// <summary>Decides per datagram whether it is lost on the way to the relay; null loses none.</summary>
    public Func<byte[], bool>? Lose { get; set; }

    public static OfferOptions Options(params SdpCodec[] codecs) => new()
    {
        Role = NegotiationRole.Publish,
        VideoCodecs = codecs.Length == 0 ? [SdpCodec.H264] : codecs,
        Streams = new AnnouncedStreams("host", "stream", "a", "v", AudioSsrc, VideoSsrc, 1_001),
    };

    /// <summary>Who sent a payload that a viewer got, and its frame number; null for a slate's.</summary>
    public static (byte Name, uint Frame, bool IsKeyFrame)? Read(ReadOnlySpan<byte> payload) => payload.Length >= 10
        ? (payload[^1], BinaryPrimitives.ReadUInt32BigEndian(payload[^5..]), (payload[0] & 0x1F) == 7)
        : null;

    /// <summary>Sends pictures at 30 and sound at 50 a second for the given time, running the relay beside.</summary>
    public void Play(int milliseconds, int keyFrameEvery = 0, bool withAudio = true)
    {
        for (var at = 0; at < milliseconds; at += 100)
        {
            for (var i = 0; i < 3; i++)
            {
                SendPicture(_frame == 0 || (keyFrameEvery > 0 && _frame % keyFrameEvery == 0) || TakeKeyFrameRequest());
                if (withAudio)
                {
                    SendSound();
                }

                _harness.Run(20);
                if (withAudio && i != 1)
                {
                    SendSound();
                }

                _harness.Run(i == 2 ? 20 : 10);
            }
        }
    }

    /// <summary>Sends a picture's packets, running the relay for a while after each.</summary>
    public void SendPicture(bool isKeyFrame, int packets = 3, int millisecondsEach = 0)
    {
        for (var i = 0; i < packets; i++)
        {
            var payload = new byte[100];
            payload[0] = (byte)(isKeyFrame && i == 0 ? 0x67 : isKeyFrame ? 0x65 : 0x61);

            // first_mb_in_slice is 0 in the first slice: the parameter sets are one start of the key frame, this slice the other.
            payload[1] = (byte)(i == 1 ? 0x88 : 0x00);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(95), _frame);
            payload[99] = _name;
            Send(isVideo: true, marker: i == packets - 1, payload);
            if (millisecondsEach > 0)
            {
                _harness.Run(millisecondsEach);
            }
        }

        _frame++;
        _videoTimestamp += 3_000;
    }

    /// <summary>Sends a picture that needs others, in packets of these lengths.</summary>
    public void SendPicture(IReadOnlyList<int> payloadLengths)
    {
        for (var i = 0; i < payloadLengths.Count; i++)
        {
            var payload = new byte[payloadLengths[i]];
            payload[0] = 0x61;
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(payload.Length - 5), _frame);
            payload[^1] = _name;
            Send(isVideo: true, marker: i == payloadLengths.Count - 1, payload);
        }

        _frame++;
        _videoTimestamp += 3_000;
    }

    public void SendSound()
    {
        var payload = new byte[20];
        payload[^1] = _name;
        Send(isVideo: false, marker: false, payload);
        _audioTimestamp += 960;
    }

    public void SendSenderReports(long captureOffsetNanoseconds = 0)
    {
        var space = new byte[64];
        var ntp = _harness.WallClock.AddNanoseconds(captureOffsetNanoseconds);
        foreach (var (ssrc, timestamp) in new[] { (VideoSsrc, _videoTimestamp), (AudioSsrc, _audioTimestamp) })
        {
            var length = RtcpWriter.WriteSenderReport(space, new Ssrc(ssrc), ntp, new RtpTimestamp(timestamp), 1, 1, default);
            _harness.Send(Peer, Peer.ProtectRtcp(space.AsSpan(0, length)));
        }
    }

    private bool TakeKeyFrameRequest()
    {
        var requests = Peer.KeyFrameRequests;
        var isNew = requests != _answeredRequests;
        _answeredRequests = requests;
        return isNew;
    }

    private int _answeredRequests;

    private void Send(bool isVideo, bool marker, byte[] payload)
    {
        var media = isVideo ? Peer.Session!.Video! : Peer.Session!.Audio!;
        var header = new byte[12];
        RtpHeaderWriter.Write(
            header, marker, new PayloadType(media.Codecs[0].PayloadType), new SequenceNumber(isVideo ? _videoSequence++ : _audioSequence++),
            new RtpTimestamp(isVideo ? _videoTimestamp : _audioTimestamp), new Ssrc(isVideo ? VideoSsrc : AudioSsrc));
        var datagram = Peer.Protect(header, payload);
        if (Lose?.Invoke(datagram) != true)
        {
            _harness.Send(Peer, datagram);
        }
    }
}
