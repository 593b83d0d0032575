using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Worker;

/// <summary>
/// The clock of a mix: everything that leaves is timed by its ticks, from the first to the last. Video and audio
/// timestamps begin at random values (RFC 3550 §5.1), the same for all outputs of a kind.
/// </summary>
internal sealed class MixClock
{
    public const int VideoRate = 90_000;
    public const int AudioRate = 48_000;

    public MixClock(Random random)
    {
        // Below 2³¹, so that the unwrapped media time that layouts are changed at begins with the RTP timestamp itself.
        VideoBase = random.Next();
        AudioBase = random.Next();
    }

    /// <summary>Time of tick 0 of both.</summary>
    public Timestamp Start { get; private set; }

    /// <summary>RTP timestamp of tick 0 of the pictures.</summary>
    public long VideoBase { get; }

    /// <summary>RTP timestamp of tick 0 of the sound.</summary>
    public long AudioBase { get; }

    public static Timestamp Now => MonotonicClock.Now;

    /// <summary>Sets the time of tick 0; before any thread looks at the clock.</summary>
    public void Begin(Timestamp start) => Start = start;

    /// <summary>RTP timestamp (unwrapped) of the picture at <paramref name="tick"/>.</summary>
    public long VideoTimestamp(long tick, int frameRate) => VideoBase + (tick * VideoRate / frameRate);
}
