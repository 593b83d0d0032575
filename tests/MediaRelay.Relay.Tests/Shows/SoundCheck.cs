using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What a viewer's sound must be whatever happened: the same as its picture, but for the chain.</summary>
internal sealed class SoundCheck(Ledger ledger, StreamRecord record, IReadOnlyList<Timestamp> ends)
{
    private const int TicksPerMs = 48;
    private const long Slack = 200;
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(60);
    private readonly List<Received> _packets = [.. record.Packets.Values];

    public void Run()
    {
        for (var i = 0; i < _packets.Count; i++)
        {
            var packet = _packets[i];
            Assert.True(
                packet.Mark is not { } mark || ledger.Find(mark).Payload.AsSpan().SequenceEqual(packet.Payload), $"not what was sent: {Say(packet)}");
            if (i > 0)
            {
                CheckStep(_packets[i - 1], packet, i);
            }
        }
    }

    private void CheckStep(Received before, Received packet, int place)
    {
        var isLossOnTheWay = false;
        for (var number = before.Number + 1; number < packet.Number; number++)
        {
            isLossOnTheWay |= record.WasSent(number);
        }

        // Between packets that the viewer lost nobody can tell what an unsent number stands for.
        for (var number = before.Number + 1; number < packet.Number && !isLossOnTheWay; number++)
        {
            AssertNeverCame(before, packet, number, place);
        }

        var ticks = (int)(packet.Timestamp - before.Timestamp);
        Assert.True(ticks > 0, $"the timestamp steps by {ticks} from {Say(before)} to {Say(packet)}");
        var passed = Math.Max(0, (packet.SentAt - before.SentAt).TotalMilliseconds);
        var isOwnDistance = before.Mark is { } old && packet.Mark is { } mark && old.Stream == mark.Stream
            && ticks == (mark.CapturedMs - old.CapturedMs) * TicksPerMs;
        Assert.True(
            isOwnDistance || ticks <= (passed + Slack) * TicksPerMs,
            $"the timestamp leaps by {ticks / TicksPerMs} ms after {passed} ms from {Say(before)} to {Say(packet)}");
    }

    private void AssertNeverCame(Received before, Received packet, long number, int place)
    {
        if (before.Mark is { } old && packet.Mark is { } mark && old.Stream == mark.Stream
            && mark.Sequence - old.Sequence == packet.Number - before.Number)
        {
            var sequence = old.Sequence + (number - before.Number);
            var reachedAt = ledger.ReachedAt(old.Source, old.Encoding, sequence);
            Assert.True(
                reachedAt is not { } at || at + Late >= RunEnd(place) || ends.Any(end => (end - at).Duration() <= Late),
                $"number {number} was never sent although packet {sequence} of {old.Source}.{old.Encoding} came at {reachedAt}");
            return;
        }

        Assert.Fail($"number {number} is missing over a switch between {Say(before)} and {Say(packet)}");
    }

    private Timestamp RunEnd(int place)
    {
        for (var i = place; i + 1 < _packets.Count; i++)
        {
            if (_packets[i].Mark?.Stream != _packets[i + 1].Mark?.Stream)
            {
                return _packets[i + 1].SentAt;
            }
        }

        return Timestamp.Never;
    }

    private static string Say(Received packet) => $"[number {packet.Number}: {packet.Mark}, timestamp {packet.Timestamp}, at {packet.SentAt}]";
}
