using System.Text;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Commerce.Tests.Webhooks;

public sealed class WebhookDeliveryTests
{
    private static readonly WebhookId Id = WebhookId.Parse("w");
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 12, 0, 0, TimeSpan.Zero);

    private readonly WebhookDelivery _delivery = new(concurrency: 4, new Random(7));

    [Fact]
    public void TryTake_StreamGrew_ReadsAndThenSendsInOrder()
    {
        _delivery.Grow("a", 2);

        GiveRead("a", 1, 2);
        Assert.Equal(1, TakeSend(Start).Seq);

        Assert.False(_delivery.TryTake(Start, out _));
        _delivery.Succeed("a");
        Assert.Equal(2, TakeSend(Start).Seq);
        _delivery.Succeed("a");
        Assert.False(_delivery.TryTake(Start, out _));
        Assert.Null(_delivery.NextTimeout);
        Assert.Equal(new OutboxRemoval("a", 2, 2, 4, 2), Assert.Single(_delivery.TakeRemovals()));
        Assert.Empty(_delivery.TakeRemovals());
    }

    [Fact]
    public void TryTake_MoreThanTheWindow_ReadsTheRestBehindIt()
    {
        _delivery.Grow("a", WebhookDelivery.Window + 1);

        GiveRead("a", [.. Enumerable.Range(1, WebhookDelivery.Window)]);
        for (var i = 0; i < WebhookDelivery.Window; i++)
        {
            TakeSend(Start);
            _delivery.Succeed("a");
        }

        Assert.True(_delivery.TryTake(Start, out var step));
        Assert.Null(step.Entry);
        Assert.Equal(WebhookDelivery.Window, step.After);
    }

    [Fact]
    public void GiveRead_MoreThanWasKnown_IsNotReadTwice()
    {
        _delivery.Grow("a", 1);
        GiveRead("a", 1, 2);
        _delivery.Grow("a", 2);

        Assert.Equal(1, TakeSend(Start).Seq);
        _delivery.Succeed("a");
        Assert.Equal(2, TakeSend(Start).Seq);
        _delivery.Succeed("a");
        Assert.False(_delivery.TryTake(Start, out _));
    }

    [Fact]
    public void GiveRead_NothingThereAnyMore_IsNotAskedAgain()
    {
        _delivery.Grow("a", 5);

        GiveRead("a");

        Assert.False(_delivery.TryTake(Start, out _));
        Assert.Null(_delivery.NextTimeout);
    }

    [Fact]
    public void Fail_AgainAndAgain_PausesGrowFromOneSecondToFiveMinutes()
    {
        _delivery.Grow("a", 1);
        GiveRead("a", 1);
        var now = Start;
        var pauses = new List<double>();
        for (var i = 0; i < 14; i++)
        {
            TakeSend(now);
            _delivery.Fail(now, "a");
            var due = _delivery.NextTimeout!.Value;
            Assert.False(_delivery.TryTake(due.AddTicks(-1), out _));
            pauses.Add((due - now).TotalSeconds);
            now = due;
        }

        Assert.All(pauses.Select((pause, i) => (pause, nominal: Math.Min(300, Math.Pow(2, i)))), p =>
            Assert.InRange(p.pause, p.nominal / 2, p.nominal));
        Assert.True(pauses.Distinct().Count() > 10, "Pauses are not spread.");
    }

    [Fact]
    public void Fail_OneStreamOnly_TheOthersGoOn()
    {
        _delivery.Grow("bad", 1);
        _delivery.Grow("good", 100);
        var now = Start;
        var sent = new List<long>();
        for (var turn = 0; turn < 2000 && sent.Count < 100; turn++)
        {
            now = now.AddMilliseconds(100);
            while (_delivery.TryTake(now, out var step))
            {
                if (step.Entry is null)
                {
                    _delivery.GiveRead(step.Stream, Entries(step, step.Stream == "bad" ? 1 : 100));
                }
                else if (step.Stream == "bad")
                {
                    _delivery.Fail(now, "bad");
                }
                else
                {
                    sent.Add(step.Entry.Seq);
                    _delivery.Succeed("good");
                }
            }
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), sent);
        Assert.False(_delivery.IsDown);
    }

    [Fact]
    public void Fail_EverythingFails_OneAttemptAtATimeUntilOneSucceeds()
    {
        for (var i = 0; i < 10; i++)
        {
            _delivery.Grow($"s{i}", 1);
        }

        var now = Start;
        while (!_delivery.IsDown)
        {
            now = _delivery.NextTimeout is { } due && due > now ? due : now;
            while (_delivery.TryTake(now, out var step))
            {
                if (step.Entry is null)
                {
                    _delivery.GiveRead(step.Stream, Entries(step, 1));
                }
                else
                {
                    _delivery.Fail(now, step.Stream);
                }
            }
        }

        now = _delivery.NextTimeout!.Value;
        Assert.True(_delivery.TryTake(now, out var probe));
        Assert.False(_delivery.TryTake(now, out _));
        if (probe.Entry is null)
        {
            _delivery.GiveRead(probe.Stream, Entries(probe, 1));
            Assert.True(_delivery.TryTake(now, out probe));
        }

        _delivery.Succeed(probe.Stream);

        Assert.False(_delivery.IsDown);
        var together = 0;
        while (_delivery.TryTake(now, out _))
        {
            together++;
        }

        Assert.Equal(4, together);
    }

    [Fact]
    public void FailRead_StoreAway_IsReadLater()
    {
        _delivery.Grow("a", 1);
        Assert.True(_delivery.TryTake(Start, out _));

        _delivery.FailRead(Start, "a");

        Assert.False(_delivery.TryTake(Start, out _));
        Assert.True(_delivery.TryTake(Start.AddSeconds(1), out var again));
        Assert.Null(again.Entry);
    }

    private static OutboxEntry Entry(string stream, long seq) =>
        new(Id, stream, seq, "viewer.joined", false, Start, Encoding.ASCII.GetBytes("{}"));

    private static List<OutboxEntry> Entries(DeliveryStep step, long last) =>
        [.. Enumerable.Range((int)step.After + 1, (int)Math.Min(WebhookDelivery.Window, last - step.After)).Select(seq => Entry(step.Stream, seq))];

    private void GiveRead(string stream, params int[] seqs)
    {
        Assert.True(_delivery.TryTake(Start, out var step));
        Assert.Null(step.Entry);
        Assert.Equal(stream, step.Stream);
        _delivery.GiveRead(stream, [.. seqs.Select(seq => Entry(stream, seq))]);
    }

    private OutboxEntry TakeSend(DateTimeOffset now)
    {
        Assert.True(_delivery.TryTake(now, out var step));
        return step.Entry!;
    }
}
