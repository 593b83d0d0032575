using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Server.Tests.EndToEnd.Workers;

/// <summary>How evenly a viewer's pictures come, and on how many streams.</summary>
internal sealed class PictureGaps : ViewerObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<Ssrc> _streams = [];
    private (Timestamp At, RtpTimestamp Media)? _last;
    private TimeSpan _longestArrival;
    private TimeSpan _longestMedia;
    private Timestamp _ownSince = Timestamp.Never;
    private Timestamp? _firstOwn;
    private long _pictures;

    public long Pictures
    {
        get
        {
            lock (_lock)
            {
                return _pictures;
            }
        }
    }

    /// <summary>Streams that pictures came on, and the longest time between two pictures: as they came, and by their timestamps.</summary>
    public (int Streams, TimeSpan Arrival, TimeSpan Media) Read()
    {
        lock (_lock)
        {
            return (_streams.Count, _longestArrival, _longestMedia);
        }
    }

    /// <summary>From <paramref name="now"/> on the first picture that is the host's own, not a mix, is noted.</summary>
    public void AwaitOwn(Timestamp now)
    {
        lock (_lock)
        {
            (_ownSince, _firstOwn) = (now, null);
        }
    }

    /// <summary>When the first of the host's own pictures came; null while none has.</summary>
    public Timestamp? FirstOwn
    {
        get
        {
            lock (_lock)
            {
                return _firstOwn;
            }
        }
    }

    // Only what a synthetic host sent has a time code; in a mix it is lost.
    public override void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times)
    {
        lock (_lock)
        {
            if (now >= _ownSince)
            {
                _firstOwn ??= now;
            }
        }
    }

    public override void OnPacket(HeadlessViewer viewer, Timestamp now, MediaKind kind, in RtpPacket packet)
    {
        if (kind != MediaKind.Video || !packet.Marker)
        {
            return;
        }

        lock (_lock)
        {
            _pictures++;
            _streams.Add(packet.Ssrc);
            if (_last is { } last)
            {
                var ticks = last.Media.DistanceTo(packet.Timestamp);
                _longestArrival = Max(_longestArrival, now - last.At);
                _longestMedia = Max(_longestMedia, TimeSpan.FromSeconds(ticks / 90_000.0));
            }

            _last = (now, packet.Timestamp);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
