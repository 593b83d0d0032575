using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Commerce.Reports;

/// <summary>What came in a minute of event time.</summary>
public sealed record SalesMinute(DateTimeOffset At, string Currency, long Orders, long GrossMinor, long NetMinor);

/// <summary>What came through an overlay.</summary>
public sealed record OverlaySales(long OverlaySeq, string Currency, long Orders, long GrossMinor, long NetMinor);

/// <summary>What came through a guide's code.</summary>
/// <param name="GuideId">Null for a code that is not (any more) a guide's.</param>
public sealed record GuideCodeSales(
    ShareCode ShareCode, GuideId? GuideId, StoreId? StoreId, string Currency, long Orders, long GrossMinor, long NetMinor);

/// <summary>Everything that a report is made of, all of one moment of the store.</summary>
/// <param name="Figures">From the merchant's ledger.</param>
/// <param name="Guides">The first of them by net; so with the other lists that could grow without end.</param>
public sealed record ReportFigures(
    LedgerFigures Figures,
    ImmutableArray<SalesMinute> Minutes,
    ImmutableArray<OverlaySales> Overlays,
    ImmutableArray<GuideCodeSales> Guides,
    ImmutableArray<ShowSample> Samples,
    ImmutableArray<ShowCount> Counts,
    ImmutableArray<ShowMoment> Moments);
