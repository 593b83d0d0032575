using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Plays a <see cref="Slate"/> at 4 pictures a second with Opus silence, so that players keep running while nobody is live. A source
/// like any other: it makes RTP packets and the feed places them.
/// </summary>
internal sealed class SlateSource : FeedSource
{
    private static readonly TimeSpan PictureInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SilenceInterval = TimeSpan.FromMilliseconds(20);
    private static readonly PayloadType AnyPayloadType = new(96);

    // A late tick sends what is due, but not more than this: after a pause of the loop nobody needs seconds of silence at once.
    private const int MostSilencePerTick = 10;

    private readonly Feed _feed;
    private Slate? _slate;
    private Timestamp _nextPicture;
    private Timestamp _nextSilence;
    private int _picture;
    private ushort _videoSequence;
    private ushort _audioSequence;
    private uint _videoTimestamp;
    private uint _audioTimestamp;

    public SlateSource(Feed feed, Slate? slate)
        : base(SourceKind.Slate, hasVideo: slate is not null, hasAudio: true, slate?.Codec ?? VideoCodec.H264, TimeSpan.FromSeconds(1))
    {
        _feed = feed;
        _slate = slate;
    }

    /// <summary>When <see cref="Play"/> has something to send.</summary>
    public Timestamp NextTimeout => _slate is null ? _nextSilence : Timestamp.Min(_nextPicture, _nextSilence);

    public void Set(Slate slate)
    {
        _slate = slate;
        SetCodec(slate.Codec);
        _picture = 0;
    }

    public void Restart(Timestamp now)
    {
        _picture = 0;
        _nextPicture = now;
        _nextSilence = now;
    }

    public void Play(Timestamp now)
    {
        if (_slate is { } slate && now >= _nextPicture)
        {
            SendPicture(now, slate);
            _nextPicture = Timestamp.Max(_nextPicture + PictureInterval, now);
        }

        for (var sent = 0; now >= _nextSilence; sent++)
        {
            if (sent == MostSilencePerTick)
            {
                _nextSilence = now;
                break;
            }

            Send(now, isVideo: false, marker: false, OpusPayload.Silence);
            _audioTimestamp += 960;
            _nextSilence += SilenceInterval;
        }
    }

    protected internal override void SendKeyFrameRequest(int layer, bool isUrgent) => _picture = 0;

    private void SendPicture(Timestamp now, Slate slate)
    {
        var payloads = slate.Pictures[_picture];
        for (var i = 0; i < payloads.Count; i++)
        {
            Send(now, isVideo: true, marker: i == payloads.Count - 1, payloads[i]);
        }

        _picture = (_picture + 1) % slate.Pictures.Count;
        _videoTimestamp += 90_000 / 4;
    }

    private void Send(Timestamp now, bool isVideo, bool marker, ReadOnlySpan<byte> payload)
    {
        var buffer = _feed.Home.Pool.Rent();
        var space = buffer.Space;
        var sequence = isVideo ? _videoSequence++ : _audioSequence++;
        var timestamp = isVideo ? _videoTimestamp : _audioTimestamp;
        var header = RtpHeaderWriter.Write(
            space, marker, AnyPayloadType, new SequenceNumber(sequence), new RtpTimestamp(timestamp), new Ssrc(1));
        payload.CopyTo(space[header..]);
        buffer.SetRange(Protocols.Buffers.PacketBuffer.Headroom, header + payload.Length);
        _feed.HandlePacket(now, this, isVideo, layer: 0, buffer);
    }
}
