using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// Canvas pictures of one size, for reuse. At most <c>capacity</c> exist; when all are taken there is none, because
/// whoever holds them is too slow. Any thread.
/// </summary>
internal sealed class CanvasPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<CanvasPicture> _free = new();
    private readonly CanvasSize _size;
    private readonly int _capacity;
    private int _made;
    private bool _disposed;

    public CanvasPool(CanvasSize size, int capacity)
    {
        _size = size;
        _capacity = capacity;
    }

    /// <summary>A picture with undefined content, or null when all are in use.</summary>
    public CanvasPicture? TryRent()
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var picture))
            {
                if (_made == _capacity || _disposed)
                {
                    return null;
                }

                picture = new CanvasPicture(this, _size.Width, _size.Height);
                _made++;
            }

            picture.Reset();
            return picture;
        }
    }

    /// <summary>Frees what is here now; pictures that are still out are freed when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.TryPop(out var picture))
            {
                picture.Free();
            }
        }
    }

    internal void Return(CanvasPicture picture)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                picture.Free();
            }
            else
            {
                _free.Push(picture);
            }
        }
    }
}
