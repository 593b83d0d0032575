using MediaRelay.Client.Statistics;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>What all viewers measure while the window is open. Any thread.</summary>
internal sealed class Measurements
{
    private readonly long _unixMicrosAtZero;
    private volatile bool _isOpen;
    private long _purchases;
    private long _otherMessages;
    private long _malformed;

    public Measurements(LoopClock clock, TimeProvider time)
    {
        var now = clock.Now;
        _unixMicrosAtZero = ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - (now.Nanoseconds / 1_000);
    }

    /// <summary>From a picture's making to its being complete at a viewer.</summary>
    public LatencyHistogram MadeToComplete { get; } = new();

    /// <summary>From a picture's last packet being sent to the picture being complete at a viewer: what the way adds.</summary>
    public LatencyHistogram SentToComplete { get; } = new();

    /// <summary>From the server's accepting a purchase to the overlay being at a viewer; one machine, one clock.</summary>
    public LatencyHistogram Purchase { get; } = new();

    /// <summary>As <see cref="Purchase"/>, of all other messages that announce something.</summary>
    public LatencyHistogram OtherOverlay { get; } = new();

    public long Purchases => Interlocked.Read(ref _purchases);

    public long OtherMessages => Interlocked.Read(ref _otherMessages);

    public long Malformed => Interlocked.Read(ref _malformed);

    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    public void TakeMalformed()
    {
        if (_isOpen)
        {
            Interlocked.Increment(ref _malformed);
        }
    }

    /// <summary>The wall clock in Unix microseconds, as the server stamps messages on this machine.</summary>
    public long UnixMicros(Timestamp now) => _unixMicrosAtZero + (now.Nanoseconds / 1_000);

    /// <summary>A message on an overlay channel. Gives how old it is.</summary>
    public TimeSpan TakeOverlay(Timestamp now, OverlayKind kind, long sentAtMicros)
    {
        var age = TimeSpan.FromMicroseconds(Math.Max(0, UnixMicros(now) - sentAtMicros));
        if (!_isOpen)
        {
            return age;
        }

        if (kind == OverlayKind.Purchase)
        {
            Interlocked.Increment(ref _purchases);
            Purchase.Record(age);
            return age;
        }

        Interlocked.Increment(ref _otherMessages);

        // A snapshot or a total is about now and not about what happened then.
        if (kind == OverlayKind.Announcement)
        {
            OtherOverlay.Record(age);
        }

        return age;
    }
}
