using MediaRelay.Commerce.Rooms;

namespace MediaRelay.Commerce.Reports;

/// <summary>One merchant's report of one show.</summary>
public sealed record Report(ReportScope Scope, Room Room, string MerchantName, ReportFigures Content);
