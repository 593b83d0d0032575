namespace MediaRelay.Protocols.Tests.Bandwidth;

/// <summary>What a simulated path does to packets; may be changed while it runs.</summary>
internal sealed class LinkSettings
{
    /// <summary>Rate of the bottleneck.</summary>
    public long BitsPerSecond { get; set; } = 5_000_000;

    /// <summary>Bytes that its queue holds; what comes on top is dropped.</summary>
    public int QueueBytes { get; set; } = 64 * 1_024;

    /// <summary>Without queue and jitter; half of it each way.</summary>
    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>A packet is late by up to twice this, uniformly; the order stays.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Share lost at random, 0 to 1.</summary>
    public double Loss { get; set; }

    /// <summary>Share of packets that are overtaken by those of the next 10 ms.</summary>
    public double Reordering { get; set; }

    /// <summary>Share of feedback messages that get lost.</summary>
    public double FeedbackLoss { get; set; }

    /// <summary>Share of feedback messages that arrive twice, the second after the next one.</summary>
    public double FeedbackDuplication { get; set; }

    /// <summary>The receiver's clock runs faster by this share.</summary>
    public double ClockSkew { get; set; }

    public TimeSpan FeedbackInterval { get; set; } = TimeSpan.FromMilliseconds(50);
}
