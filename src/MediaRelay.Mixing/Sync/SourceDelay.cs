using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Sync;

/// <summary>
/// The delay of one source's picture and sound: the session's common one, or what this source needs when that is more.
/// So a host on a slow path lags behind the other until the common delay has grown, instead of losing everything that
/// comes too late; its own lips and sound stay together. One thread updates, any reads.
/// </summary>
internal sealed class SourceDelay
{
    // Beyond it a conversation is impossible; what comes later still is lost. Decoded pictures have to wait for sound
    // this long.
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(500);

    // As fast as sound can follow unheard: who lags behind the others is out of the conversation.
    private const double ShrinkPerSecond = 0.02;

    private TimeSpan _own;
    private long _current;
    private Timestamp _last = Timestamp.Never;

    public TimeSpan Current => new(Volatile.Read(ref _current));

    /// <summary>
    /// Takes over <paramref name="common"/>, or the larger of that and what the source has needed of late.
    /// </summary>
    public void Update(Timestamp now, TimeSpan? needed, TimeSpan common)
    {
        var elapsed = _last == Timestamp.Never ? TimeSpan.Zero : now - _last;
        _last = now;
        var need = needed is not { } asked ? TimeSpan.Zero : asked < Max ? asked : Max;
        var shrunk = _own - (elapsed * ShrinkPerSecond);
        _own = need > shrunk ? need : shrunk;
        Volatile.Write(ref _current, (_own > common ? _own : common).Ticks);
    }
}
