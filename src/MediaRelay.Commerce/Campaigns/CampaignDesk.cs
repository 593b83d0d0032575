using System.Collections.Immutable;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>Decides about coupons, flash sales, bargains and draws, and who takes part in them.</summary>
internal sealed class CampaignDesk(CommerceState state)
{
    private CampaignBook Book => state.Catalog.Campaigns;

    /// <param name="newSeed">32 bytes, for a draw that this opens.</param>
    public Outcome<CampaignView> Publish(
        DateTimeOffset now, RoomId roomId, CampaignDraft draft, ReadOnlySpan<byte> newSeed, Decision decision)
    {
        var known = Book.TryGet(draft.Key, out var found) ? found : null;
        Outcome<Campaign> decided = (draft.Action, known) switch
        {
            (CampaignAction.Open, null) => Begin(now, roomId, draft, newSeed, decision),
            (CampaignAction.Open, { State: CampaignState.Open }) => ShowAgain(roomId, draft, known),
            (_, null) => Problem.NotFound(CampaignDraft.TypeOf(draft.Key.Kind), draft.Key.Id),
            (CampaignAction.Close, { State: CampaignState.Open }) => known with { State = CampaignState.Closed },
            (CampaignAction.Reveal, { State: CampaignState.Closed }) => known with { State = CampaignState.Revealed },

            // Asked for twice: it stays as it is.
            (CampaignAction.Close, _) => known,
            (CampaignAction.Reveal, { State: CampaignState.Revealed }) => known,
            (CampaignAction.Reveal, _) => Problem.Conflict(
                $"Draw '{draft.Key.Id}' is open; it is closed first, so that nobody can enter who knows the seed.", "body.action", "reveal"),
            _ => Problem.Conflict(
                $"'{draft.Key.Id}' is over and does not open again; take another id.", $"body.{CampaignDraft.IdFieldOf(draft.Key.Kind)}",
                draft.Key.Id),
        };
        if (!decided.TryGet(out var campaign, out var problem))
        {
            return problem;
        }

        if (!campaign.Equals(known))
        {
            decision.Record(new CampaignChange(campaign, OutcomeOf(campaign), IsOfRecord(campaign)));
        }

        var view = Book.View(campaign);
        if (known is null)
        {
            decision.Announce(new CampaignOpened(now, roomId, view));
        }
        else if (known.State != campaign.State)
        {
            decision.Announce(new CampaignEnded(now, roomId, view));
        }

        return view;
    }

    public Outcome<ParticipationAnswer> Participate(
        DateTimeOffset now, RoomId roomId, CampaignKey key, ViewerId viewer, Decision decision)
    {
        if (!Book.TryGet(key, out var campaign) || !IsShownIn(roomId, campaign))
        {
            return new ParticipationAnswer(ParticipationResult.Unknown, 0, 0);
        }

        var participants = state.Participants;
        var count = participants.Count(key);
        if (participants.NumberOf(key, viewer) is > 0 and var number)
        {
            return new ParticipationAnswer(ParticipationResult.Repeated, number, count);
        }

        if (!campaign.IsOpenAt(now))
        {
            return new ParticipationAnswer(ParticipationResult.Closed, 0, count);
        }

        if (count >= (campaign.Terms.Limit ?? Campaign.MaxParticipants) || count >= Campaign.MaxParticipants)
        {
            return new ParticipationAnswer(ParticipationResult.Exhausted, 0, count);
        }

        if (!IsOfRecord(campaign))
        {
            decision.Record(new CampaignChange(campaign, IsOfRecord: true));
        }

        var participation = new Participation(key, count + 1, viewer, now);
        decision.Record(new ParticipationChange(participation));
        decision.Announce(new ParticipationAccepted(now, roomId, participation));
        return new ParticipationAnswer(ParticipationResult.Accepted, count + 1, count + 1);
    }

    private Outcome<Campaign> Begin(
        DateTimeOffset now, RoomId roomId, CampaignDraft draft, ReadOnlySpan<byte> newSeed, Decision decision)
    {
        var merchant = draft.Key.MerchantId;
        if (Book.CountBusy(merchant) >= Campaign.MaxOpen)
        {
            // What is over by its time was closed by nobody.
            foreach (var over in Book.Unfinished(merchant).Where(campaign => !campaign.IsLiveAt(now)).ToList())
            {
                decision.Record(new CampaignChange(over with { State = CampaignState.Closed }, IsOfRecord: IsOfRecord(over)));
            }
        }

        if (Book.CountBusy(merchant) >= Campaign.MaxOpen)
        {
            return Problem.Conflict(
                $"Merchant '{merchant}' has {Campaign.MaxOpen} coupons, flash sales, bargains and draws that are not over, which is the limit; close one.");
        }

        if (Book.Idle(merchant) is { Count: >= Campaign.MaxIdle } idle)
        {
            decision.Record(new CampaignForgottenChange(idle[0]));
        }

        return new Campaign(
            draft.Key, CampaignState.Open, [roomId], draft.Display, draft.Terms, now,
            draft.Key.Kind == CampaignKind.Draw ? [.. newSeed] : []);
    }

    // The terms of a draw are bound by its commitment, and those of a coupon by who claimed it: only its words, its time and its rooms
    // change.
    private static Outcome<Campaign> ShowAgain(RoomId roomId, CampaignDraft draft, Campaign known)
    {
        var terms = draft.Terms with { Prizes = known.Terms.Prizes };
        var rooms = known.Rooms.Contains(roomId) ? known.Rooms : known.Rooms.Add(roomId);
        return rooms.Length > Campaign.MaxRooms
            ? Problem.Conflict($"'{draft.Key.Id}' is shown in {Campaign.MaxRooms} rooms, which is the limit.")
            : known with { Display = draft.Display, Terms = terms, Rooms = rooms };
    }

    private bool IsOfRecord(Campaign campaign) => campaign.Key.Kind == CampaignKind.Draw || state.Participants.Count(campaign.Key) > 0;

    /// <summary>What a draw that is not open has come to, by those who entered it; null for others.</summary>
    public DrawOutcome? OutcomeOf(Campaign campaign)
    {
        if (campaign.Key.Kind != CampaignKind.Draw || campaign.State == CampaignState.Open)
        {
            return null;
        }

        var entries = EntriesOf(campaign.Key);
        var winners = campaign.State == CampaignState.Revealed
            ? DrawRules.Winners(campaign.Seed.AsSpan(), entries, campaign.Terms.Prizes ?? 1)
            : [];
        return new DrawOutcome([.. DrawRules.HashList(entries)], [.. winners.Select(index => entries[index].ToImmutableArray())]);
    }

    /// <summary>A draw's public list.</summary>
    public IReadOnlyList<byte[]> EntriesOf(CampaignKey draw) =>
        [.. state.Participants.InOrder(draw).Select(viewer => DrawRules.Entry(draw, viewer.Value))];

    private bool IsShownIn(RoomId roomId, Campaign campaign) =>
        state.Catalog.TryGetRoom(roomId, out var room)
        && state.Catalog.IsShowing(room, campaign.Key.MerchantId)
        && state.Catalog.RoomsJoinedWith(roomId).Any(joined => campaign.Rooms.Contains(joined));
}
