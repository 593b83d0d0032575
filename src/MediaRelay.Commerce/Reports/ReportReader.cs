using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Reports;

/// <summary>Reads what reports are made of. Thread-safe; throws <see cref="CommerceStoreException"/> when it cannot.</summary>
public abstract class ReportReader
{
    /// <summary>Rows of each list in a report that could grow without end; those with the most come first.</summary>
    public const int MaxRows = 1000;

    /// <summary>A room's shows, the oldest first.</summary>
    public abstract Task<ImmutableArray<Show>> ReadShowsAsync(RoomId roomId, CancellationToken cancellationToken);

    /// <summary>Adds up in the store: what comes back does not grow with the number of orders.</summary>
    public abstract Task<ReportFigures> ReadAsync(ReportScope scope, CancellationToken cancellationToken);
}
