namespace MediaRelay.Commerce.Reports;

/// <summary>One merchant's report of one show.</summary>
/// <param name="Title">The room's; empty for a merchant that never took part in it.</param>
public sealed record Report(ReportScope Scope, string Title, string MerchantName, ReportFigures Content);
