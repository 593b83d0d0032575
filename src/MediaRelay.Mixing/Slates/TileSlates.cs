using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Slates;

/// <summary>
/// One merchant's slates by tile size. They are painted beside the canvas, which never waits for them: loading fonts
/// takes longer than a picture may. Asked by one thread.
/// </summary>
internal sealed class TileSlates : IDisposable
{
    private readonly Dictionary<CanvasSize, Task<DecodedPicture?>> _slates = [];
    private readonly string _title;
    private readonly PictureColour _colour;
    private readonly CodecElements _elements;

    public TileSlates(string title, PictureColour colour, CodecElements elements)
    {
        _title = title;
        _colour = colour;
        _elements = elements;
    }

    /// <summary>The slate for a tile of that size; null while it is being painted, or when it cannot be.</summary>
    public DecodedPicture? Find(CanvasSize size)
    {
        if (!_slates.TryGetValue(size, out var slate))
        {
            slate = Task.Run(() => Paint(size));
            _slates.Add(size, slate);
        }

        return slate.IsCompletedSuccessfully ? slate.Result : null;
    }

    public void Dispose()
    {
        foreach (var slate in _slates.Values)
        {
            _ = slate.ContinueWith(
                static painted => painted.Result?.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        _slates.Clear();
    }

    // Standard error is the worker's log; the relay reads it.
    private DecodedPicture? Paint(CanvasSize size)
    {
        var picture = SlatePainter.TryPaint(size, _title, _colour, _elements, out var problem);
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
        }

        return picture;
    }
}
