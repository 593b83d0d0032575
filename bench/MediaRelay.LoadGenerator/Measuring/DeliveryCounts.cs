using MediaRelay.Client.Statistics;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>
/// How often each message of one room arrived, by its number, so that what is missing at some viewer shows. Any thread.
/// </summary>
internal sealed class DeliveryCounts
{
    // Numbers of a room that are told apart: 200 messages a second for an hour are 720,000.
    private const int MaxNumbers = 1 << 20;
    private const int ChunkLength = 4096;

    private static readonly OverlayClass[] Classes = Enum.GetValues<OverlayClass>();

    private readonly int[]?[] _arrivals = new int[]?[MaxNumbers / ChunkLength];
    private readonly byte[]?[] _classes = new byte[]?[MaxNumbers / ChunkLength];
    private readonly long[] _received = new long[Classes.Length];
    private readonly LatencyHistogram[] _latencies = [.. Classes.Select(_ => new LatencyHistogram())];
    private long _firstSentAt = long.MaxValue;
    private long _lastSentAt = long.MaxValue;
    private long _outOfOrder;
    private long _beyond;

    /// <summary>From acceptance by the server to a viewer, by class.</summary>
    public LatencyHistogram Latency(OverlayClass overlayClass) => _latencies[(int)overlayClass];

    /// <summary>Arrivals in the window, by class.</summary>
    public long Received(OverlayClass overlayClass) => Interlocked.Read(ref _received[(int)overlayClass]);

    /// <summary>Messages with a number that the viewer had passed already: repeated, or out of order.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>Messages with numbers beyond what is told apart; then losses are not known.</summary>
    public long Beyond => Interlocked.Read(ref _beyond);

    /// <summary>Counts what the server accepted from now on (Unix microseconds).</summary>
    public void Open(long nowMicros) => Interlocked.Exchange(ref _firstSentAt, nowMicros);

    /// <summary>What the server accepts later does not count; what is on its way does.</summary>
    public void Close(long nowMicros) => Interlocked.Exchange(ref _lastSentAt, nowMicros);

    public void CountOutOfOrder() => Interlocked.Increment(ref _outOfOrder);

    public void Count(in OverlaySighting sighting, TimeSpan age)
    {
        if (sighting.Kind == OverlayKind.Snapshot || sighting.SentAtMicros < Interlocked.Read(ref _firstSentAt)
            || sighting.SentAtMicros > Interlocked.Read(ref _lastSentAt))
        {
            return;
        }

        Interlocked.Increment(ref _received[(int)sighting.Class]);
        _latencies[(int)sighting.Class].Record(age);
        if (sighting.Seq is < 0 or >= MaxNumbers)
        {
            Interlocked.Increment(ref _beyond);
            return;
        }

        var (chunk, place) = ((int)sighting.Seq / ChunkLength, (int)sighting.Seq % ChunkLength);
        Interlocked.Increment(ref Chunk(_arrivals, chunk)[place]);
        Chunk(_classes, chunk)[place] = (byte)(sighting.Class + 1);
    }

    /// <summary>Messages of a class that reached any viewer, and how many arrivals are missing when each has so many.</summary>
    public (long Messages, long Lost) Missing(OverlayClass overlayClass, int viewers)
    {
        var (messages, lost) = (0L, 0L);
        for (var chunk = 0; chunk < _arrivals.Length; chunk++)
        {
            for (var place = 0; _classes[chunk] is { } classes && place < ChunkLength; place++)
            {
                if (classes[place] == (byte)(overlayClass + 1))
                {
                    messages++;
                    lost += Math.Max(0, viewers - _arrivals[chunk]![place]);
                }
            }
        }

        return (messages, lost);
    }

    private static T[] Chunk<T>(T[]?[] chunks, int index)
    {
        if (Volatile.Read(ref chunks[index]) is { } chunk)
        {
            return chunk;
        }

        var made = new T[ChunkLength];
        return Interlocked.CompareExchange(ref chunks[index], made, null) ?? made;
    }
}
