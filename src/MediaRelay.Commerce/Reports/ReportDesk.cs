using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Reports;

/// <summary>Notes what was shown when, in the transaction that showed it.</summary>
internal sealed class ReportDesk(CommerceState state, LiveMomentSource live)
{
    /// <summary>Called once, when a decision is complete.</summary>
    public void Follow(DateTimeOffset now, Decision decision)
    {
        foreach (var commerceEvent in decision.Events.ToList())
        {
            switch (commerceEvent)
            {
                case ShowChanged { Show: var show }:
                    var kind = show.EndedAt is null ? ShowMomentKinds.Began : ShowMomentKinds.Ended;
                    decision.Record(new ShowMomentChange(new ShowMoment(show.Id, now, kind, "", null, "", MediaTime(now, show.RoomId))));
                    break;
                case CoHostChanged { Session: var session }:
                    Note(now, session, ShowMomentKinds.CoHost, session.Id.Value, DescribeState(session), null, decision);
                    break;
                case LayoutChanged { Session: var session, MediaTime: var at }:
                    Note(now, session, ShowMomentKinds.Layout, session.Layout.Name, "", at, decision);
                    break;
            }
        }

        foreach (var change in decision.Changes.OfType<SpotlightChange>().ToList())
        {
            if (ShowOf(change.RoomId, decision) is { } show && state.Catalog.TryGetAnyRoom(change.RoomId, out var room))
            {
                // In its home room, which is one of its merchant's.
                decision.Record(new ShowMomentChange(new ShowMoment(
                    show, now, ShowMomentKinds.Spotlight, change.Spotlight?.Item.ItemId.Value ?? "", room.MerchantId, "",
                    MediaTime(now, change.RoomId))));
            }
        }
    }

    private void Note(
        DateTimeOffset now, CoHostSession session, string kind, string subject, string detail, long? mediaTime, Decision decision)
    {
        foreach (var room in session.Rooms)
        {
            if (ShowOf(room.RoomId, decision) is { } show)
            {
                decision.Record(new ShowMomentChange(new ShowMoment(
                    show, now, kind, subject, null, detail, mediaTime ?? MediaTime(now, room.RoomId))));
            }
        }
    }

    // A show that ends with this decision is over already, and what ends with it belongs to it.
    private ShowId? ShowOf(RoomId roomId, Decision decision) =>
        decision.Changes.OfType<ShowChange>().FirstOrDefault(change => change.Show.RoomId == roomId)?.Show.Id
        ?? state.Catalog.RunningShow(roomId)?.Id;

    private long? MediaTime(DateTimeOffset now, RoomId roomId) => live(roomId, now).MediaTime;

    private static string DescribeState(CoHostSession session) =>
        $"{session.State.ToString().ToLowerInvariant()}: {string.Join(", ", session.Rooms.Select(room => room.RoomId.Value))}";
}
