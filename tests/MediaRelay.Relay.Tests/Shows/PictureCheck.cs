using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>
/// What a viewer's picture must be whatever happened: numbers without a hole where nothing was lost on the way, timestamps that only go
/// forward, a chain that a decoder can follow, and the bytes that the sender sent.
/// </summary>
internal sealed class PictureCheck(Ledger ledger, StreamRecord record, IReadOnlyList<Timestamp> ends)
{
    private const int TicksPerMs = 90;

    // What comes while another source takes over: its key frame is held for 20 ms and leaves in slices.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(60);

    // For a key frame's parameter sets that were overtaken.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    // What a timestamp may lead the clock by: two kept seconds pressed to a sixteenth and caught up with in an eighth.
    private const long Slack = 400;

    private readonly List<Received> _packets = [.. record.Packets.Values];

    /// <summary>Pictures that a decoder could show.</summary>
    public int Decoded { get; private set; }

    public Timestamp LastDecodedAt { get; private set; }

    /// <summary>The longest time without a picture that could be shown, after the first one.</summary>
    public TimeSpan LongestFreeze { get; private set; }

    private bool IsBeginningLost => record.WasSent(_packets[0].Number - 1);

    public void Run()
    {
        for (var i = 0; i < _packets.Count; i++)
        {
            CheckContent(_packets[i]);
            if (i > 0)
            {
                CheckStep(_packets[i - 1], _packets[i], i);
            }
            else if (!IsBeginningLost)
            {
                AssertFirst(_packets[0], "the stream");
            }
        }

        CheckChain();
    }

    private void CheckContent(Received packet)
    {
        var mark = MarkOf(packet);
        Assert.True(packet.Marker == (mark.Index == mark.Count - 1), $"marker {packet.Marker} on {Say(packet)}");
        if (mark.IsSlate)
        {
            return;
        }

        var (payload, codec) = ledger.Find(mark);
        Assert.True(packet.Codec == codec, $"payload type of {packet.Codec} on {Say(packet)}");
        Assert.True(Payloads.AreEqual(codec, payload, packet.Payload), $"not what was sent: {Say(packet)}");
    }

    private void CheckStep(Received before, Received packet, int place)
    {
        var (old, mark) = (MarkOf(before), MarkOf(packet));
        var isOneRun = IsOneRun(before, packet);
        var holes = 0;
        for (var number = before.Number + 1; number < packet.Number; number++)
        {
            if (record.WasSent(number))
            {
                continue; // lost on its way to the viewer
            }

            holes++;
            if (isOneRun)
            {
                AssertNeverCame(place, old, old.Sequence + (number - before.Number), number);
            }
        }

        var gap = packet.Number - before.Number - 1;
        Assert.True(holes == 0 || isOneRun || holes < gap, $"{holes} numbers missing over a switch between {Say(before)} and {Say(packet)}");
        CheckTimestamps(before, packet);
        if (!isOneRun && gap == 0)
        {
            AssertFirst(packet, $"what follows {Say(before)}");
        }

        CheckCounters(before, packet, isOneRun);
    }

    private void CheckTimestamps(Received before, Received packet)
    {
        var (old, mark) = (MarkOf(before), MarkOf(packet));
        var ticks = (int)(packet.Timestamp - before.Timestamp);
        var isSamePicture = old.Picture == mark.Picture
            && (IsOneRun(before, packet) || (mark.IsSlate && old.IsSlate && ticks == 0 && mark.Index > old.Index));
        if (isSamePicture)
        {
            Assert.True(ticks == 0, $"two timestamps in one picture: {Say(before)}, {Say(packet)}");
            return;
        }

        Assert.True(ticks > 0, $"the timestamp steps by {ticks} from {Say(before)} to {Say(packet)}");
        var passed = Math.Max(0, (packet.SentAt - before.SentAt).TotalMilliseconds);
        var isOwnDistance = old.Stream == mark.Stream
            && ticks <= ((mark.IsSlate ? 250 : mark.CapturedMs - old.CapturedMs) * TicksPerMs) + TicksPerMs;
        Assert.True(
            isOwnDistance || ticks <= (passed + Slack) * TicksPerMs,
            $"the timestamp leaps by {ticks / TicksPerMs} ms after {passed} ms from {Say(before)} to {Say(packet)}");
    }

    private static void CheckCounters(Received before, Received packet, bool isOneRun)
    {
        if (before.Codec != VideoCodec.Vp8 || packet.Codec != VideoCodec.Vp8
            || !Vp8Descriptor.TryParse(before.Payload, out var last) || !Vp8Descriptor.TryParse(packet.Payload, out var next)
            || last.PictureId < 0 || next.PictureId < 0 || (!isOneRun && packet.Number != before.Number + 1))
        {
            return;
        }

        var pictures = isOneRun ? MarkOf(packet).Picture - MarkOf(before).Picture : 1;
        Assert.True(
            ((next.PictureId - last.PictureId) & 0x7FFF) == pictures && ((next.Tl0PicIdx - last.Tl0PicIdx) & 0xFF) == (pictures & 0xFF),
            $"picture id {last.PictureId} to {next.PictureId}, TL0PICIDX {last.Tl0PicIdx} to {next.Tl0PicIdx} "
            + $"over {pictures} pictures from {Say(before)} to {Say(packet)}");
        if (!isOneRun)
        {
            Assert.True(((next.KeyIdx - last.KeyIdx) & 0x1F) == 1, $"KEYIDX {last.KeyIdx} to {next.KeyIdx} at {Say(packet)}");
        }
    }

    /// <summary>A decoder that shows a picture when it is whole and is a key frame or follows one that was shown.</summary>
    private void CheckChain()
    {
        Mark? shown = null;
        var isBroken = false;
        for (var start = 0; start < _packets.Count;)
        {
            var next = start + 1;
            while (next < _packets.Count && IsSamePicture(_packets[start], _packets[next]))
            {
                next++;
            }

            var mark = MarkOf(_packets[start]);
            var follows = mark.IsKeyFrame
                || (shown is { } last && last.Stream == mark.Stream && last.Picture == mark.Picture - 1);
            if (next - start == mark.Count && follows)
            {
                Show(_packets[next - 1]);
                shown = mark;
                isBroken = false;
            }
            else
            {
                // Not shown: something of it, or of what it follows, was lost on one of the ways, or a switch cut it off.
                var isCut = next < _packets.Count && !IsOneRun(_packets[next - 1], _packets[next]);
                var hasHole = HasHole(start, next) || (mark.Index > 0 && IsFrontMissing(mark));
                Assert.True(
                    isBroken || isCut || hasHole || next == _packets.Count,
                    $"cannot be decoded: {Say(_packets[start])} after {(shown is { } s ? s : null)}");
                isBroken |= hasHole || !isCut;
            }

            start = next;
        }
    }

    private void Show(Received packet)
    {
        var at = packet.SentAt;
        if (Decoded > 0 && at - LastDecodedAt > LongestFreeze)
        {
            LongestFreeze = at - LastDecodedAt;
        }

        Decoded++;
        LastDecodedAt = Timestamp.Max(at, LastDecodedAt);
    }

    private bool HasHole(int start, int behind)
    {
        if (start == 0 && IsBeginningLost)
        {
            return true;
        }

        var first = Math.Max(0, start - 1);
        var last = Math.Min(_packets.Count - 1, behind);
        return _packets[last].Number - _packets[first].Number != last - first;
    }

    private void AssertFirst(Received packet, string of)
    {
        var mark = MarkOf(packet);
        Assert.True(
            mark.IsKeyFrame && (mark.Index == 0 || IsFrontMissing(mark)), $"{of} does not begin with a key frame but with {Say(packet)}");
    }

    /// <summary>A packet of the picture that was lost before the relay, or came when nobody waited for it any more.</summary>
    private bool IsFrontMissing(in Mark mark)
    {
        for (var i = 1; i <= mark.Index; i++)
        {
            if (ledger.ReachedAt(mark.Source, mark.Encoding, mark.Sequence - i) is not { } reachedAt
                || reachedAt - ledger.ReachedAt(mark.Source, mark.Encoding, mark.Sequence) > LongestWait)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A number that was not sent is that of a packet that did not come to the relay, or only when the viewer had moved on.</summary>
    private void AssertNeverCame(int place, in Mark old, long sequence, long number)
    {
        if (ledger.ReachedAt(old.Source, old.Encoding, sequence) is not { } reachedAt)
        {
            return;
        }

        var runEnd = Timestamp.Never;
        var isLast = true;
        for (var i = place; i < _packets.Count; i++)
        {
            var mark = MarkOf(_packets[i]);
            isLast &= ledger.ReachedAt(mark.Source, mark.Encoding, mark.Sequence) <= reachedAt;
            if (i + 1 < _packets.Count && !IsOneRun(_packets[i], _packets[i + 1]))
            {
                runEnd = _packets[i + 1].SentAt;
                break;
            }
        }

        // What came as the last of a run came when nobody watched its encoding any more.
        Assert.True(
            isLast || reachedAt + Late >= runEnd || ends.Any(end => (end - reachedAt).Duration() <= Late),
            $"number {number} was never sent although packet {sequence} of {old.Source}.{old.Encoding} came at {reachedAt}");
    }

    /// <summary>Nothing was renumbered between them: the distance of their numbers is that of the sender's.</summary>
    private static bool IsOneRun(Received before, Received packet)
    {
        var (old, mark) = (MarkOf(before), MarkOf(packet));
        if (old.Stream != mark.Stream)
        {
            return false;
        }

        return mark.IsSlate
            ? packet.Number == before.Number + 1 && IsSlateSuccessor(old, mark)
            : mark.Sequence - old.Sequence == packet.Number - before.Number;
    }

    private static bool IsSlateSuccessor(in Mark old, in Mark mark) =>
        mark.Picture == old.Picture ? mark.Index == old.Index + 1 : mark.Picture == old.Picture + 1 && mark.Index == 0;

    private static bool IsSamePicture(Received first, Received next)
    {
        var (old, mark) = (MarkOf(first), MarkOf(next));
        return old.Stream == mark.Stream && old.Picture == mark.Picture && first.Timestamp == next.Timestamp;
    }

    private static Mark MarkOf(Received packet) =>
        packet.Mark ?? throw new InvalidOperationException($"number {packet.Number} has no mark");

    private static string Say(Received packet) => $"[number {packet.Number}: {packet.Mark}, timestamp {packet.Timestamp}, at {packet.SentAt}]";
}
