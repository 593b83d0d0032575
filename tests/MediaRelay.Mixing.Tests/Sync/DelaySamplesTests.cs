using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Sync;

public sealed class DelaySamplesTests
{
    private readonly DelaySamples _samples = new(DelaySamples.ForSound);
    private readonly Random _random = new(5);

    [Fact]
    public void Value_Jitter_IsAboveNearlyAllWithinASecond()
    {
        Assert.False(_samples.HasValue);
        Play(0, 1_000, _ => 25 + (30 * _random.NextDouble()));
        var later = 0;
        for (var at = 1_000; at < 60_000; at += 20)
        {
            var delay = 25 + (30 * _random.NextDouble());
            later += delay > _samples.Value.TotalMilliseconds + 1 ? 1 : 0;
            Add(at, delay);
        }

        // A thirtieth of all is within a millisecond of the longest.
        Assert.InRange(later, 0, 6);
        Assert.InRange(_samples.Value.TotalMilliseconds, 53, 55);
    }

    [Fact]
    public void Value_HalfASecondsHoleOnce_StaysAsItWas()
    {
        Play(0, 5_000, _ => 30);
        for (var at = 5_000; at < 5_500; at += 20)
        {
            // All of it comes at once when the path is back.
            _samples.Add(Timestamp.FromMilliseconds(5_500), TimeSpan.FromMilliseconds(30 + 5_500 - at));
        }

        Play(5_500, 30_000, _ => 30, () => Assert.Equal(30, _samples.Value.TotalMilliseconds));
    }

    [Fact]
    public void Value_PathBecomesSlower_FollowsWithinThreeTenthsOfASecondAndForgetsInTen()
    {
        Play(0, 5_000, _ => 30);
        Play(5_000, 5_300, _ => 240);
        Assert.Equal(240, _samples.Value.TotalMilliseconds);
        Play(5_300, 14_000, _ => 30);
        Assert.Equal(240, _samples.Value.TotalMilliseconds);
        Play(14_000, 16_000, _ => 30);
        Assert.Equal(30, _samples.Value.TotalMilliseconds);
    }

    [Fact]
    public void Value_OfPictures_LeavesOutMoreOfThem()
    {
        var pictures = new DelaySamples(DelaySamples.ForPictures);
        for (var at = 0; at < 10_000; at += 20)
        {
            var delay = TimeSpan.FromMilliseconds(at / 100 % 14 == 3 ? 200 + (at / 100) : 30);
            pictures.Add(Timestamp.FromMilliseconds(at), delay);
            _samples.Add(Timestamp.FromMilliseconds(at), delay);
        }

        // Seven tenths of a second were slow: the third of them counts for sound.
        Assert.Equal(30, pictures.Value.TotalMilliseconds);
        Assert.Equal(200 + 59, _samples.Value.TotalMilliseconds);
    }

    [Fact]
    public void Value_FirstPackets_CountAtOnce()
    {
        Add(0, 80);
        Assert.Equal(80, _samples.Value.TotalMilliseconds);
        _samples.Reset();
        Assert.False(_samples.HasValue);
    }

    [Fact]
    public void Value_NothingForAMinute_StaysUntilThereIsMore()
    {
        Play(0, 5_000, _ => 70);
        Assert.Equal(70, _samples.Value.TotalMilliseconds);
        Add(65_000, 20);
        Assert.Equal(20, _samples.Value.TotalMilliseconds);
    }

    private void Play(int fromMs, int toMs, Func<int, double> delayMs, Action? check = null)
    {
        for (var at = fromMs; at < toMs; at += 20)
        {
            Add(at, delayMs(at));
            check?.Invoke();
        }
    }

    private void Add(int atMs, double delayMs) => _samples.Add(Timestamp.FromMilliseconds(atMs), TimeSpan.FromMilliseconds(delayMs));
}
