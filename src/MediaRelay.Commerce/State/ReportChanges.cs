using MediaRelay.Commerce.Reports;

namespace MediaRelay.Commerce.State;

/// <summary>A show's audience was looked at.</summary>
public sealed record ShowSampleChange(ShowSample Sample) : CommerceChange;

/// <summary>Something happened in a show so many times more.</summary>
public sealed record ShowCountChange(ShowCount Count) : CommerceChange;

/// <summary>Something was shown.</summary>
public sealed record ShowMomentChange(ShowMoment Moment) : CommerceChange;
