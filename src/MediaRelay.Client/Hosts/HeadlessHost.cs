using MediaRelay.Client.Loops;
using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Hosts;

/// <summary>
/// Publishes what a source gives over WHIP: packetizes pictures, sends them paced or as bursts, reports from capture time, resends what
/// is asked for and passes requests for key frames on. It adapts to nothing: what it sends is what the source made.
/// </summary>
public sealed class HeadlessHost : ClientPeer
{
    // A source that gives without end (it should not) may not keep the loop from its other peers.
    private const int MaxFramesPerTurn = 64;

    private const int MaxLayers = 8;

    private readonly HostOptions _options;
    private readonly IMediaSource _source;
    private readonly AnnouncedStreams _streams;
    private readonly VideoPacketizer? _packetizer;
    private readonly DeliberateLoss? _uplinkLoss;
    private OutgoingTrack? _audio;

    // By the source's encodings; null where the server does not want one.
    private OutgoingTrack?[] _video = [];
    private Timestamp _nextReport = Timestamp.Never;
    private NetworkPath? _path;
    private DatagramWriter? _output;

    /// <param name="source">Belongs to the host from now on.</param>
    public HeadlessHost(ClientPeerContext context, HostOptions options, IMediaSource source)
        : this(context, options, source, MakeStreams(context))
    {
    }

    private HeadlessHost(ClientPeerContext context, HostOptions options, IMediaSource source, AnnouncedStreams streams)
        : base(context, MakeOffer(source, streams))
    {
        _options = options;
        _source = source;
        _streams = streams;
        if (options.UplinkLoss > 0)
        {
            _uplinkLoss = new DeliberateLoss(options.UplinkLoss, new Random(context.NextSeed()));
        }

        if (source.Video is { } codec)
        {
            _packetizer = VideoPacketizer.Create(codec, options.MaxPayloadLength);
        }
    }

    /// <summary>What it sent; any thread.</summary>
    public HostCounters Counters { get; } = new();

    private protected override Timestamp NextWork => _nextReport == Timestamp.Never
        ? Timestamp.Never
        : Timestamp.Min(Timestamp.Min(_source.NextFrame, NextPacket), _nextReport);

    private Timestamp NextPacket
    {
        get
        {
            var next = Timestamp.Never;
            foreach (var track in _video)
            {
                next = Timestamp.Min(next, track?.NextPacket ?? Timestamp.Never);
            }

            return next;
        }
    }

    private protected override void OnNegotiated(NegotiatedSession session)
    {
        _audio = MakeTrack(session.Audio, codec => codec.Codec == SdpCodec.Opus);
        var rids = session.Video?.Rids ?? [];
        var layers = Math.Max(1, _source.Rids.Count);
        _video = new OutgoingTrack?[layers];
        for (var layer = 0; layer < layers; layer++)
        {
            var rid = rids.Count > 0 ? _source.Rids[layer] : null;

            // A server that answers without simulcast gets the best encoding alone.
            if (rid is null ? layer == layers - 1 : rids.Contains(rid))
            {
                _video[layer] = MakeTrack(session.Video, codec => codec.Codec == SdpCodecOf(_source.Video), layer, rid);
            }
        }
    }

    private protected override void OnConnected(Timestamp now)
    {
        _nextReport = now + _options.ReportInterval;
        _source.Start(now, () => Loop!.Post(_ => Wake()));
    }

    private protected override void OnRtp(Timestamp now, Span<byte> packet) => Drops.Count(DropReason.RtpUnknownSsrc);

    private protected override void OnRtcp(Timestamp now, in RtcpPacket packet)
    {
        if (Nack.TryParse(packet, out var nack))
        {
            Resend(nack);
        }
        else if (packet.IsPictureLossIndication || FullIntraRequest.TryParse(packet, out _))
        {
            Counters.KeyFrameRequests++;
            _source.RequestKeyFrame(now);
        }
    }

    private protected override void OnDataEvent(Timestamp now, in DataChannelEvent dataEvent)
    {
        // A host offers no data section, so there is no association that could report anything.
    }

    private protected override void Work(Timestamp now, NtpTime wallClock, in NetworkPath path, DatagramWriter output)
    {
        _path = path;
        _output = output;
        for (var i = 0; i < MaxFramesPerTurn && _source.TryRead(now, out var frame); i++)
        {
            Take(now, frame);
        }

        SendDue(now);
        if (now >= _nextReport)
        {
            _nextReport = now + _options.ReportInterval;
            Report(now, wallClock);
        }
    }

    private protected override void OnClosed()
    {
        _source.Dispose();
        _audio?.Dispose();
        foreach (var track in _video)
        {
            track?.Dispose();
        }
    }

    private static AnnouncedStreams MakeStreams(ClientPeerContext context)
    {
        var random = new Random(context.NextSeed());

        // The audio's, then two of each encoding.
        var first = (uint)random.NextInt64(1, uint.MaxValue - (2 * MaxLayers));
        return new AnnouncedStreams($"host-{first:x8}", "live", "audio", "video", first, first + 1, first + 2);
    }

    private static OfferOptions MakeOffer(IMediaSource source, AnnouncedStreams streams) => new()
    {
        Role = NegotiationRole.Publish,
        Audio = source.HasAudio,
        VideoCodecs = SdpCodecOf(source.Video) is { } codec ? [codec] : [],
        Streams = streams,
        SimulcastRids = source.Rids,
    };

    private static SdpCodec? SdpCodecOf(VideoCodec? codec) => codec switch
    {
        VideoCodec.H264 => SdpCodec.H264,
        VideoCodec.Vp8 => SdpCodec.Vp8,
        _ => null,
    };

    private OutgoingTrack? MakeTrack(NegotiatedMedia? media, Func<NegotiatedCodec, bool> isOurs, int layer = 0, string? rid = null)
    {
        if (media is null || !media.Direction.Sends() || media.Codecs.FirstOrDefault(isOurs) is not { } codec)
        {
            return null;
        }

        return new OutgoingTrack(media, codec, _streams, Pool, _options.CachedPackets, Random, layer, rid);
    }

    private void Take(Timestamp now, in MediaFrame frame)
    {
        if (frame.Kind == MediaKind.Audio)
        {
            if (_audio is not null)
            {
                _audio.Begin(frame);
                _audio.Add(frame.Data.Span, marker: false);
                SendNext(_audio);
            }
        }
        else if (_video[frame.Layer] is { } video)
        {
            TakePicture(now, video, frame);
        }
    }

    private void TakePicture(Timestamp now, OutgoingTrack video, in MediaFrame frame)
    {
        // What is left of the picture before goes out first: it is late already.
        SendAll(video);
        Counters.Pictures++;
        if (frame.IsKeyFrame)
        {
            Counters.KeyFrames++;
        }

        video.Begin(frame);
        _packetizer!.Start(frame.Data.Span, frame.IsKeyFrame);
        while (video.TryAdd(_packetizer))
        {
            if (_options.Pacing == TimeSpan.Zero || video.Packets.IsFull)
            {
                SendNext(video);
            }
        }

        if (video.Packets.UnsentCount > 0)
        {
            video.PacketGap = _options.Pacing / video.Packets.UnsentCount;
            video.NextPacket = now;
        }
    }

    private void SendDue(Timestamp now)
    {
        foreach (var track in _video)
        {
            if (track is not null)
            {
                SendDue(now, track);
            }
        }
    }

    private void SendDue(Timestamp now, OutgoingTrack track)
    {
        while (track.NextPacket <= now && track.Packets.UnsentCount > 0)
        {
            SendNext(track);
            track.NextPacket += track.PacketGap;
        }

        if (track.Packets.UnsentCount == 0)
        {
            track.NextPacket = Timestamp.Never;
        }
    }

    private void SendAll(OutgoingTrack track)
    {
        while (track.Packets.UnsentCount > 0)
        {
            SendNext(track);
        }
    }

    private void SendNext(OutgoingTrack track)
    {
        track.Packets.TakeUnsent(out var header, out var payload);
        if (track != _audio && OutgoingTrack.HasMarker(header))
        {
            // The clock and not the turn's time: with paced packets the turn may be long.
            TimeCode.TryStamp(payload, Loop!.Clock.Now);
        }

        if (!Send(header, payload))
        {
            Counters.Unsent++;
            return;
        }

        track.CountSent(payload.Length);
        Counters.Packets++;
        Counters.Bytes += payload.Length;
    }

    private bool Send(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var space = _output!.Reserve(_path!.Value, header.Length + payload.Length + SrtpContext.MaxOverhead);
        var length = Connection!.ProtectRtp(header, payload, space);
        if (length == 0)
        {
            return false;
        }

        if (_uplinkLoss?.TakesNext() == true)
        {
            Counters.LostOnPurpose++;
            return true;
        }

        _output.Commit(length);
        return true;
    }

    private void Resend(in Nack nack)
    {
        var ssrc = nack.MediaSsrc;
        var track = _audio?.Ssrc == ssrc ? _audio : Array.Find(_video, track => track?.Ssrc == ssrc);
        if (track is null || _output is null)
        {
            return;
        }

        Span<byte> space = stackalloc byte[PacketBuffer.MaxLength];
        foreach (var number in nack)
        {
            Counters.Nacked++;
            if (!track.Packets.TryFind(number, out var header, out var payload))
            {
                continue;
            }

            bool isSent;
            if (track.RtxSsrc is null)
            {
                // On the same stream the packet is bit-identical to the first one, as the nonce is.
                isSent = Send(header, payload);
            }
            else
            {
                var headerLength = track.WriteRetransmission(header, payload, space, out var length);
                isSent = Send(space[..headerLength], space[headerLength..length]);
            }

            Counters.Resent += isSent ? 1 : 0;
        }
    }

    private void Report(Timestamp now, NtpTime wallClock)
    {
        Span<byte> compound = stackalloc byte[512];
        Report(_audio, compound);
        foreach (var track in _video)
        {
            Report(track, compound);
        }

        void Report(OutgoingTrack? track, Span<byte> space)
        {
            if (track is { HasSent: true })
            {
                var length = track.WriteReport(now, wallClock, _streams.Cname, space);
                SendRtcp(_path!.Value, _output!, space[..length]);
            }
        }
    }
}
