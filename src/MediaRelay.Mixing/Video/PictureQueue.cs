using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// One source's decoded pictures, waiting for their time. Filled by the decoder's thread, read by the canvas's.
/// </summary>
internal sealed class PictureQueue<TPicture> : IDisposable
    where TPicture : class, IDisposable
{
    // The longest delay of a source, 500 ms, at 60 pictures a second. Normally one or two wait.
    private const int Capacity = 32;

    // The capture clock of a source and the canvas clock beat against each other. One picture is taken per tick as long
    // as it is between 22 ms early and 27 ms late (a frame time and the difference of these two), so that clocks in
    // phase do not make a repeated and a skipped picture out of a millisecond of jitter, and lips and sound still stay
    // together.
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(22);
    private static readonly TimeSpan EarlyToSkip = TimeSpan.FromMilliseconds(6);

    private readonly Lock _lock = new();
    private readonly Queue<(Timestamp Capture, TPicture Picture)> _waiting = new();
    private TPicture? _current;

    /// <summary>Capture time of the picture that <see cref="Select"/> gave last.</summary>
    public Timestamp CurrentCapture { get; private set; } = Timestamp.Never;

    /// <summary>Takes over <paramref name="picture"/>. The oldest one goes when too many wait.</summary>
    public void Enqueue(Timestamp capture, TPicture picture)
    {
        lock (_lock)
        {
            if (_waiting.Count == Capacity)
            {
                _waiting.Dequeue().Picture.Dispose();
            }

            _waiting.Enqueue((capture, picture));
        }
    }

    /// <summary>
    /// The picture to show for what was captured at <paramref name="time"/>; the last one again when no newer one is
    /// due.
    /// <paramref name="isNew"/> says which. Null before the first. It stays valid until the next call.
    /// </summary>
    public TPicture? Select(Timestamp time, out bool isNew)
    {
        lock (_lock)
        {
            isNew = false;
            while (_waiting.TryPeek(out var next) && next.Capture <= time + (isNew ? EarlyToSkip : Early))
            {
                _current?.Dispose();
                (CurrentCapture, _current) = _waiting.Dequeue();
                isNew = true;
            }

            return _current;
        }
    }

    /// <summary>Forgets all pictures.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var waiting))
            {
                waiting.Picture.Dispose();
            }

            _current?.Dispose();
            _current = null;
            CurrentCapture = Timestamp.Never;
        }
    }

    public void Dispose() => Clear();
}
