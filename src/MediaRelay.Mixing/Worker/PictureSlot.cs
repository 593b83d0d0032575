using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// Hands pictures from the canvas to one encoder: while one is being encoded one may wait; a third would only add delay. The encoder's
/// thread sleeps in the kernel until there is one: tasks and channels spin first, which cost a sixth of the encoding itself.
/// </summary>
internal sealed class PictureSlot
{
    private readonly object _lock = new();
    private CanvasPicture? _waiting;
    private long _tick;
    private Timestamp _due;
    private bool _isClosed;

    /// <summary>Takes over <paramref name="canvas"/>; false, without doing so, while another one waits or when closed.</summary>
    public bool TryPut(CanvasPicture canvas, long tick, Timestamp due)
    {
        lock (_lock)
        {
            if (_waiting is not null || _isClosed)
            {
                return false;
            }

            (_waiting, _tick, _due) = (canvas, tick, due);
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Waits for a picture, which the caller disposes; false when closed.</summary>
    public bool TryTake([NotNullWhen(true)] out CanvasPicture? canvas, out long tick, out Timestamp due)
    {
        lock (_lock)
        {
            while (_waiting is null && !_isClosed)
            {
                Monitor.Wait(_lock);
            }

            (canvas, tick, due) = (_waiting, _tick, _due);
            _waiting = null;
            return canvas is not null;
        }
    }

    /// <summary>Drops what waits and lets the encoder's thread end.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _waiting?.Dispose();
            _waiting = null;
            Monitor.Pulse(_lock);
        }
    }
}
