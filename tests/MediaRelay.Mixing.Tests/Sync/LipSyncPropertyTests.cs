using MediaRelay.Mixing.Sync;
using Xunit.Abstractions;

namespace MediaRelay.Mixing.Tests.Sync;

/// <summary>
/// Two hosts in virtual time on random paths: jitter, drift, a path that becomes slower and quick again, a hole in it. What is heard
/// and shown of each was captured at the same time, and of both nearly so.
/// </summary>
public sealed class LipSyncPropertyTests(ITestOutputHelper output)
{
    private const double TickTime = 1_000 / 30.0;
    private const int BlockTime = 20;
    private const double Settled = 5_000;
    private const double End = 120_000;

    // By how much a picture may be early or late for a canvas tick; see PictureQueue.
    private const double PictureTime = 28;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Reports_AnyPath_LipsAndHostsStayTogether(int seed)
    {
        var random = new Random(seed);
        using var a = Host(random, hasReports: true);
        using var b = Host(random, hasReports: true);
        var (slower, hole, quick) = (20_000 + (random.NextDouble() * 10_000), 50_000.0, 70_000.0);
        var by = 30 + (random.NextDouble() * 60);
        b.Path = sent => 15 + (sent >= slower && sent < quick ? by : 0) + (sent >= hole && sent < hole + 500 ? hole + 500 - sent : 0);
        var lips = new Figures();
        var pictures = new Figures();
        var skew = new Figures();
        Run(a, b, (now, delay) =>
        {
            foreach (var host in new[] { a, b })
            {
                // While the path is broken nothing is shown or heard anyway.
                if (host == a || now < hole || now > hole + 1_000)
                {
                    lips.Add(host.WantedCapture(ModelHost.At(now)) - host.HeardCapture(now), $"seed {seed}, {now:F0} ms, delay {host.Delay.Current}");
                    pictures.Add(host.ShownCapture(ModelHost.At(now)) - host.HeardCapture(now), $"seed {seed}, {now:F0} ms");
                }
            }

            // One who needs more than the others lags alone until all have slowed down by 2 %.
            if (b.Delay.Current - delay.Current < TimeSpan.FromMilliseconds(5))
            {
                skew.Add(a.HeardCapture(now) - b.HeardCapture(now), $"seed {seed}, {now:F0} ms");
            }

            // The hole costs what was in it, and nobody any delay.
            Assert.InRange(delay.Current.TotalMilliseconds, 40, 40 + 75 + by);
        });
        output.WriteLine($"lips {lips}; pictures {pictures}; hosts {skew}; made up {a.Concealed / 48} and {b.Concealed / 48} ms");
        lips.AssertWithin(15);
        pictures.AssertMostWithin(PictureTime);
        skew.AssertWithin(50);
        Assert.True(skew.Count > 2_500, $"{skew.Count} ticks together");
        Assert.Equal(0, a.Concealed);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void NoReports_Jitter_LipsAreApartByNoMoreThanWhatTheyAreSentApart(int seed)
    {
        var random = new Random(seed);
        using var a = Host(random, hasReports: false);
        using var b = Host(random, hasReports: false);
        var lips = new Figures();
        Run(a, b, (now, _) =>
        {
            lips.Add(a.WantedCapture(ModelHost.At(now)) - a.HeardCapture(now), $"seed {seed}, {now:F0} ms");
            lips.Add(b.WantedCapture(ModelHost.At(now)) - b.HeardCapture(now), $"seed {seed}, {now:F0} ms");
        });
        output.WriteLine($"lips {lips}");

        // A block of sound is sent 20 ms after its first sample, a picture 12.
        lips.AssertWithin(8 + 15);
    }

    private static ModelHost Host(Random random, bool hasReports) =>
        new(random.Next(), (random.NextDouble() - 0.5) * 400, reportWayMs: 5 + (random.NextDouble() * 25))
        {
            HasReports = hasReports,
            JitterMs = 30 * random.NextDouble(),
            Path = _ => 15,
        };

    private static void Run(ModelHost a, ModelHost b, Action<double, PlayoutDelay> check)
    {
        var delay = new PlayoutDelay();
        var (tick, block) = (0L, 0L);
        while (true)
        {
            var (nextTick, nextBlock) = (tick * TickTime, block * BlockTime);
            var now = Math.Min(nextTick, nextBlock);
            if (now > End)
            {
                return;
            }

            a.RunUntil(now);
            b.RunUntil(now);
            if (nextBlock <= nextTick)
            {
                block++;
                a.Listen(now);
                b.Listen(now);
                continue;
            }

            tick++;
            var time = ModelHost.At(now);
            var needed = a.Needed is { } needsA && b.Needed is { } needsB ? (needsA > needsB ? needsA : needsB) : a.Needed ?? b.Needed;
            delay.Update(time, needed);
            a.Delay.Update(time, a.Needed, delay.Current);
            b.Delay.Update(time, b.Needed, delay.Current);
            if (now > Settled)
            {
                check(now, delay);
            }
        }
    }

    private sealed class Figures
    {
        private readonly List<(double Value, string Where)> _values = [];

        public int Count => _values.Count;

        public void Add(double value, string where) => _values.Add((value, where));

        public void AssertWithin(double limit)
        {
            var worst = _values.MaxBy(static value => Math.Abs(value.Value));
            Assert.True(Math.Abs(worst.Value) <= limit, $"{worst.Value:F1} ms at {worst.Where}; {this}");
        }

        /// <summary>All but one in twenty at either end, which are late ones while a path becomes slower.</summary>
        public void AssertMostWithin(double limit) =>
            Assert.True(Quantile(0.05) >= -limit && Quantile(0.95) <= limit, ToString());

        public override string ToString() =>
            $"{Quantile(0):F1} to {Quantile(1):F1}, p5 {Quantile(0.05):F1}, p50 {Quantile(0.5):F1}, p95 {Quantile(0.95):F1} ms of {Count}";

        private double Quantile(double part) => _values.Select(static value => value.Value).Order().ElementAt((int)((_values.Count - 1) * part));
    }
}
