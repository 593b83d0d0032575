using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Video;

public sealed class PictureQueueTests
{
    [Fact]
    public void Select_ClocksInPhaseWithJitter_ShowsEveryPictureOnce()
    {
        using var queue = new PictureQueue<Picture>();
        var random = new Random(9);
        var shown = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            // Captured 30 times a second, ±4 ms, in phase with the ticks: the worst case for a plain "newest that is
            // due".
            queue.Enqueue(Timestamp.FromMilliseconds((i * 100 / 3) + random.Next(-4, 5) + 1_000), new Picture(i));
            var picture = queue.Select(Timestamp.FromMilliseconds((i * 100 / 3) + 1_000), out var isNew);
            Assert.True(isNew, $"picture repeated at tick {i}");
            shown.Add(picture!.Number);
        }

        Assert.Equal(Enumerable.Range(0, 300), shown);
    }

    [Fact]
    public void Select_SourceStops_RepeatsTheLastPicture()
    {
        using var queue = new PictureQueue<Picture>();
        queue.Enqueue(Timestamp.FromMilliseconds(100), new Picture(1));
        Assert.Null(queue.Select(Timestamp.FromMilliseconds(50), out _));
        Assert.Equal(1, queue.Select(Timestamp.FromMilliseconds(100), out var isNew)!.Number);
        Assert.True(isNew);
        Assert.Equal(1, queue.Select(Timestamp.FromMilliseconds(133), out isNew)!.Number);
        Assert.False(isNew);
        Assert.Equal(Timestamp.FromMilliseconds(100), queue.CurrentCapture);
    }

    [Fact]
    public void Select_FarBehind_SkipsToTheNewestThatIsDueAndDisposesThoseBefore()
    {
        var queue = new PictureQueue<Picture>();
        var pictures = Enumerable.Range(0, 20).Select(i => new Picture(i)).ToList();
        foreach (var picture in pictures)
        {
            queue.Enqueue(Timestamp.FromMilliseconds(picture.Number * 33), picture);
        }

        Assert.Equal(15, queue.Select(Timestamp.FromMilliseconds(15 * 33), out _)!.Number);
        Assert.All(pictures[..15], picture => Assert.True(picture.IsDisposed));
        Assert.All(pictures[15..], picture => Assert.False(picture.IsDisposed));
        queue.Dispose();
        Assert.All(pictures, picture => Assert.True(picture.IsDisposed));
    }

    private sealed class Picture(int number) : IDisposable
    {
        public int Number { get; } = number;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
