using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>A campaign as it stands, without those who take part.</summary>
/// <param name="Rooms">
/// Where it was published, in order; those rooms hear how it ends. A partner's room shows it and takes part in it only during a session.
/// </param>
/// <param name="Display">What the publisher gave to be shown: the text of a JSON object.</param>
/// <param name="Terms">What the relay itself goes by.</param>
/// <param name="Seed">A draw's secret, 32 bytes; null for others. Shown by <see cref="CampaignState.Revealed"/> only.</param>
public sealed record Campaign(
    CampaignKey Key, CampaignState State, ImmutableArray<RoomId> Rooms, string Display, CampaignTerms Terms,
    DateTimeOffset OpenedAt, ImmutableArray<byte> Seed)
{
    /// <summary>Of one merchant, not closed, with somebody who takes part, or draws; more are refused.</summary>
    public const int MaxOpen = 1_000;

    /// <summary>
    /// Of one merchant, open, and nobody takes part: the oldest is forgotten for the next. Overlays that are only shown cost no more.
    /// </summary>
    public const int MaxIdle = 256;

    /// <summary>Rooms that one campaign is published in.</summary>
    public const int MaxRooms = 32;

    /// <summary>Viewers who take part in one campaign; more are turned away.</summary>
    public const int MaxParticipants = 1_000_000;

    /// <summary>Whether viewers can take part now.</summary>
    public bool IsOpenAt(DateTimeOffset now) => State == CampaignState.Open && !(Terms.EndAt <= now) && !(Terms.StartAt > now);

    /// <summary>Whether it still has something to show: it is open, will open, or a draw that waits for its seed.</summary>
    public bool IsLiveAt(DateTimeOffset now) => Key.Kind == CampaignKind.Draw && State == CampaignState.Closed
        || (State == CampaignState.Open && !(Terms.EndAt <= now && Key.Kind != CampaignKind.Draw));

    /// <summary>Not closed, or a draw that waits for its seed.</summary>
    public bool IsUnfinished => State == CampaignState.Open || (Key.Kind == CampaignKind.Draw && State == CampaignState.Closed);

    public bool Equals(Campaign? other) =>
        other is not null && Key == other.Key && State == other.State && Rooms.SequenceEqual(other.Rooms) && Display == other.Display
        && Terms == other.Terms && OpenedAt == other.OpenedAt && Seed.SequenceEqual(other.Seed);

    public override int GetHashCode() => HashCode.Combine(Key, State, Display, Terms);
}
