using System.Collections.Concurrent;

namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// The never-shed messages of a room's last minute, for viewers who come back. Bounded in time and bytes. Not
/// thread-safe, but for <see cref="FindDelivery"/>.
/// </summary>
public sealed class OverlayRing
{
    public const long WindowMicros = 60 * UnixMicros.PerSecond;

    // 400 purchases a second of 300 bytes for a minute take 7 MB.
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<OverlayMessage> _messages = new();
    private readonly ConcurrentDictionary<long, OverlayDelivery> _deliveries = new(concurrencyLevel: 1, capacity: 31);
    private long _bytes;
    private long _forgotten;

    public int Count => _messages.Count;

    public void Add(OverlayMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.Bytes.Length;
        if (message.Delivery is { } delivery)
        {
            _deliveries[message.Seq] = delivery;
        }

        Trim(message.SentAtMicros);
    }

    /// <summary>
    /// The messages with a number above <paramref name="after"/> and up to <paramref name="upTo"/>, in order; false
    /// when some of them are not kept any more, and then nothing is added.
    /// </summary>
    public bool TryRead(long nowMicros, long after, long upTo, List<OverlayMessage> into)
    {
        Trim(nowMicros);
        if (after < _forgotten)
        {
            return false;
        }

        foreach (var message in _messages)
        {
            if (message.Seq > after && message.Seq <= upTo)
            {
                into.Add(message);
            }
        }

        return true;
    }

    /// <summary>
    /// The counts of a kept message. Any thread may ask: every viewer's confirmation comes through here.
    /// </summary>
    public OverlayDelivery? FindDelivery(long seq) => _deliveries.GetValueOrDefault(seq);

    private void Trim(long nowMicros)
    {
        while (_messages.TryPeek(out var oldest)
            && (nowMicros - oldest.SentAtMicros > WindowMicros || _bytes > MaxBytes))
        {
            _messages.Dequeue();
            _bytes -= oldest.Bytes.Length;
            _forgotten = oldest.Seq;
            _deliveries.TryRemove(oldest.Seq, out _);
        }
    }
}
