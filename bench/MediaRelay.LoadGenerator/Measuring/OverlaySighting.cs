using MediaRelay.Commerce.Overlays;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>What the load generator reads of one overlay message; the merchant is borrowed from it.</summary>
internal readonly ref struct OverlaySighting
{
    public OverlayKind Kind { get; init; }

    public OverlayClass Class { get; init; }

    public long Seq { get; init; }

    public long SentAtMicros { get; init; }

    /// <summary>The room's total; −1 when the message says nothing of it.</summary>
    public long Likes { get; init; }

    /// <summary>The body's <c>merchantId</c> as UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> Merchant { get; init; }
}
