using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Reports;

/// <summary>Reports as the outside calls them; part of <see cref="CommerceService"/>, and thread-safe like it.</summary>
public sealed class ReportService
{
    private readonly CommercePipeline _pipeline;

    internal ReportService(CommercePipeline pipeline) => _pipeline = pipeline;

    /// <summary>Notes what was counted, in one transaction.</summary>
    public Task<Outcome<bool>> NoteAsync(
        DateTimeOffset now, IReadOnlyList<ShowSample> samples, IReadOnlyList<ShowCount> counts, IReadOnlyList<ShowMoment> moments) =>
        _pipeline.ChangeAsync<bool>(now, (_, _, decision) =>
        {
            foreach (var sample in samples)
            {
                decision.Record(new ShowSampleChange(sample));
            }

            foreach (var count in counts)
            {
                decision.Record(new ShowCountChange(count));
            }

            foreach (var moment in moments)
            {
                decision.Record(new ShowMomentChange(moment));
            }

            return true;
        });

    /// <summary>A merchant's report of a show in a room; nothing of another merchant's.</summary>
    /// <param name="showId">Null for the last one.</param>
    public async Task<Outcome<Report>> ReadAsync(
        MerchantId merchantId, RoomId roomId, ShowId? showId, CancellationToken cancellationToken = default)
    {
        var (merchant, room) = _pipeline.View(catalog => (
            catalog.TryGetMerchant(merchantId, out var found) ? found : null,
            catalog.TryGetAnyRoom(roomId, out var place) ? place : null));
        if (merchant is null)
        {
            return Problem.NotFound("merchant", merchantId);
        }

        if (room is null)
        {
            return Problem.NotFound("room", roomId);
        }

        // Another merchant's shows are this one's business only where it took part; what it sold there otherwise is told without them.
        var isOwner = room.MerchantId == merchantId;
        var sessions = isOwner ? [] : _pipeline.View(catalog =>
            catalog.SessionsOf(roomId).Where(session => session.ActiveAt is not null && session.HasMerchant(merchantId)).ToArray());
        var shows = await _pipeline.Store.Reports.ReadShowsAsync(roomId, cancellationToken);
        var seen = shows.Where(show => isOwner || sessions.Any(session => Overlaps(session, show))).ToList();
        var chosen = showId is null ? seen.LastOrDefault() : seen.Find(show => show.Id == showId);
        if (showId is not null && chosen is null)
        {
            return Problem.NotFound("show of this room", showId);
        }

        var index = chosen is null ? -1 : shows.IndexOf(chosen);
        var scope = new ReportScope(
            merchantId, roomId, chosen, isOwner, index <= 0 ? null : shows[index].StartedAt,
            index < 0 || index + 1 == shows.Length ? null : shows[index + 1].StartedAt);
        var title = isOwner || chosen is not null ? room.Title : "";
        return new Report(scope, title, merchant.Name, await _pipeline.Store.Reports.ReadAsync(scope, cancellationToken));
    }

    private static bool Overlaps(CoHostSession session, Show show) =>
        (show.EndedAt is null || session.ActiveAt <= show.EndedAt) && (session.EndedAt is null || session.EndedAt >= show.StartedAt);
}
