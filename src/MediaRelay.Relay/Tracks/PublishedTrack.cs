using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Tracks;

/// <summary>
/// One RTP stream that a host publishes (with simulcast: one encoding): its receive statistics, what it asks to be resent, and its
/// capture mapping.
/// </summary>
internal sealed class PublishedTrack(PublishedTrackOptions options, Ssrc ssrc, Rid? rid, int layer)
{
    // Long enough that a key frame does not look like a larger encoding.
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(2);

    // Without a packet for this long an encoding has stopped: the uplink shrank.
    private static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(500);

    private readonly BitRateMeter _meter = new(RateWindow);

    public PublishedTrackOptions Options { get; } = options;

    public bool IsVideo => Options.IsVideo;

    public VideoCodec Codec => Options.Codec;

    public int ClockRate { get; } = options.IsVideo ? 90_000 : 48_000;

    public Ssrc Ssrc { get; } = ssrc;

    /// <summary>Which encoding of a simulcast this is (RFC 8852); null without.</summary>
    public Rid? Rid { get; } = rid;

    /// <summary>Which of its section's encodings it is, from 0.</summary>
    public int Layer { get; } = layer;

    /// <summary>Bits per second over the last two seconds; 0 while nothing comes.</summary>
    public long BitRate { get; private set; }

    /// <summary>The stream of its retransmissions, once a packet of it has told; null before.</summary>
    public Ssrc? RtxSsrc { get; set; }

    public ReceptionStatistics Statistics { get; } = new(options.IsVideo ? 90_000 : 48_000);

    /// <summary>Null where the peer did not negotiate NACK.</summary>
    public NackGenerator? Nacks { get; } = options.HasNack ? new NackGenerator() : null;

    public CaptureMapping? Mapping { get; set; }

    /// <summary>What its last sender report said, by the host's clock.</summary>
    public CaptureMapping? Reported { get; set; }

    public Timestamp LastPacketAt { get; set; } = Timestamp.Zero;

    /// <summary>Picture size of the last key frame, in pixels; 0 before the first one.</summary>
    public int Pixels { get; set; }

    /// <summary>The newest packet that was not passed on because nobody watched; null while all are passed on.</summary>
    public SequenceNumber? PausedAt { get; set; }

    /// <summary>Counts a packet into the bit rate.</summary>
    public void Measure(Timestamp now, int bytes)
    {
        _meter.Add(now, bytes);
        LastPacketAt = now;
    }

    public void UpdateRate(Timestamp now)
    {
        if (now - LastPacketAt > Gone)
        {
            BitRate = 0;
            _meter.Reset();
        }
        else
        {
            // One that has just begun is there, however much it is.
            BitRate = Math.Max(1, _meter.GetBitsPerSecond(now));
        }
    }
}
