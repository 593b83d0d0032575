using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Whose sound a feed plays. It follows the picture, but needs no key frame: the source that was heard goes on until the first packet of
/// the one that shall be, and when a source's sound stops without a word, the next best one goes on where it stopped, with what it sent
/// since. On the feed's home loop.
/// </summary>
internal sealed class FeedSound(FeedTimeline timeline)
{
    private const int FrameTicks = 960;

    // A longer hole was heard as one; filling it would only repeat what everybody has missed.
    private const int LongestFilledHole = 20 * FrameTicks;

    // What lies at most half a packet too early still takes its place; the receiver's clock is no finer.
    private const int Slack = FrameTicks / 2;

    // A mix sends a block every 20 ms whatever happens: four missing ones are a worker that is gone, hung or too slow.
    private static readonly TimeSpan MixSilence = TimeSpan.FromMilliseconds(80);

    // Opus sends one packet in 400 ms while nobody speaks (DTX, RFC 7587 §3.1.3); one of them may be lost.
    private static readonly TimeSpan HostSilence = TimeSpan.FromMilliseconds(900);

    // A source that comes back with old blocks first is behind for as long as that takes.
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMilliseconds(200);

    private FeedSource? _playing;
    private FeedSource? _interrupted;
    private Timestamp _resumesSince = Timestamp.Never;

    /// <summary>Its sound comes as it should.</summary>
    public static bool IsHeard(FeedSource source, Timestamp now)
    {
        var silence = source.Kind == SourceKind.Mix ? MixSilence : HostSilence;
        return source.Kind == SourceKind.Slate
            || (source.HasAudio && source.Audio.LastPacketAt != Timestamp.Zero && now - source.Audio.LastPacketAt < silence);
    }

    /// <summary>
    /// Places a packet of <paramref name="source"/> when it is heard, keeps it when it is not; <paramref name="wanted"/> is who shall be
    /// heard now, <paramref name="shown"/> whose picture is. The buffer is no longer the caller's.
    /// </summary>
    public void Handle(
        Timestamp now, FeedSource source, FeedSource? wanted, FeedSource? shown, long sequence, in RtpPacket rtp, PacketBuffer buffer, int epoch)
    {
        source.Audio.LastPacketAt = now;
        if (source != _playing && (source != wanted || !TryBegin(now, source, shown, sequence, rtp, epoch)))
        {
            source.RecentSound.Add(now, sequence, rtp.Timestamp.Value, buffer);
            return;
        }

        Place(now, source, sequence, rtp, buffer, epoch);
    }

    /// <summary>
    /// What was heard has just been taken away: <paramref name="wanted"/> goes on at once with what came last, not only with its next
    /// packet.
    /// </summary>
    public void Continue(Timestamp now, FeedSource? wanted, FeedSource? shown, int epoch)
    {
        if (_playing is not null || wanted is not { RecentSound.Count: > 0 })
        {
            return;
        }

        var newest = wanted.RecentSound.TakeNewest();
        if (RtpPacket.TryParse(newest.Buffer.Span, out var rtp) && TryBegin(now, wanted, shown, newest.Sequence, rtp, epoch))
        {
            Place(now, wanted, newest.Sequence, rtp, newest.Buffer, epoch);
        }
        else
        {
            newest.Buffer.Dispose();
        }
    }

    /// <summary>Another source is shown: what was interrupted does not come back.</summary>
    public void OnSwitch() => _interrupted = null;

    /// <summary>The source is no more.</summary>
    public void Remove(FeedSource source)
    {
        source.RecentSound.Clear();
        _playing = _playing == source ? null : _playing;
        _interrupted = _interrupted == source ? null : _interrupted;
    }

    private bool TryBegin(Timestamp now, FeedSource source, FeedSource? shown, long sequence, in RtpPacket rtp, int epoch)
    {
        var isResumed = source == _interrupted && source.Audio.IsStarted;
        if (isResumed && !TryResume(now, source, sequence, rtp.Timestamp.Value))
        {
            return false;
        }

        if (_playing is { } before)
        {
            if (before == shown)
            {
                _interrupted = before;
                _resumesSince = Timestamp.Never;
            }
            else
            {
                before.Audio.IsStarted = false;
            }
        }

        _playing = source;
        if (isResumed)
        {
            _interrupted = null;
        }
        else
        {
            source.Audio.IsStarted = false;
            Fill(now, source, rtp.Timestamp.Value, epoch);
        }

        source.RecentSound.Clear();
        return true;
    }

    /// <summary>
    /// A source that was shown all along and is heard again keeps its place, so that its sound stays with its picture. What it sends of
    /// the time that another one has filled is left out.
    /// </summary>
    private bool TryResume(Timestamp now, FeedSource source, long sequence, uint timestamp)
    {
        _resumesSince = _resumesSince == Timestamp.Never ? now : _resumesSince;
        var last = timeline.LastSound;
        var place = source.Audio.Place(timestamp);
        var distance = (int)(place - last);
        if (distance < -Slack)
        {
            if (now - _resumesSince < LongestCatchUp)
            {
                return false;
            }

            place = timeline.SoundStart(now);
            distance = (int)(place - last);
        }

        timeline.JoinSound(source, sequence, timestamp, distance < 2 * FrameTicks ? last + FrameTicks : place);
        return true;
    }

    /// <summary>Closes the hole since the last packet with what was kept of this source.</summary>
    private void Fill(Timestamp now, FeedSource source, uint timestamp, int epoch)
    {
        if (!timeline.HasSound)
        {
            return;
        }

        var recent = source.RecentSound;
        var last = timeline.LastSound;
        var hole = (int)(timeline.SoundStart(now) - last);
        for (; hole <= LongestFilledHole && recent.Count > 0; recent.Take().Buffer.Dispose())
        {
            var behind = (int)(timestamp - recent.Peek().Timestamp);
            if (behind <= 0 || hole - behind < FrameTicks - Slack)
            {
                continue;
            }

            var start = hole - behind < 2 * FrameTicks ? FrameTicks : hole - behind;
            timeline.JoinSound(source, recent.Peek().Sequence, recent.Peek().Timestamp, last + (uint)start);
            break;
        }

        while (source.Audio.IsStarted && recent.Count > 0)
        {
            var kept = recent.Take();
            if (RtpPacket.TryParse(kept.Buffer.Span, out var rtp))
            {
                Place(now, source, kept.Sequence, rtp, kept.Buffer, epoch);
            }
            else
            {
                kept.Buffer.Dispose();
            }
        }
    }

    private void Place(Timestamp now, FeedSource source, long sequence, in RtpPacket rtp, PacketBuffer buffer, int epoch) =>
        timeline.Place(now, source, isVideo: false, layer: 0, isKeyFrameStart: false, sequence, rtp, buffer, epoch);
}
