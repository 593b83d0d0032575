using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Storage.Rows;

/// <summary>The parts of a campaign that are read as a whole, as they are kept in one column. Times are Unix microseconds.</summary>
internal sealed record CampaignContent(
    IReadOnlyList<string> Rooms, string Display, long? StartAt, long? EndAt, long? Limit, long? Target, long? StartMinor, long? FloorMinor,
    int? Prizes, string? EntriesHash, IReadOnlyList<string>? Winners)
{
    public static string ToJson(Campaign campaign, DrawOutcome? outcome)
    {
        var terms = campaign.Terms;
        return JsonSerializer.Serialize(
            new CampaignContent(
                [.. campaign.Rooms.Select(room => room.Value)], campaign.Display, Micros(terms.StartAt), Micros(terms.EndAt), terms.Limit,
                terms.Target, terms.StartMinor, terms.FloorMinor, terms.Prizes,
                outcome is null ? null : Convert.ToHexStringLower(outcome.EntriesHash.AsSpan()),
                outcome?.Winners.Select(winner => Convert.ToHexStringLower(winner.AsSpan())).ToList()),
            CampaignContentContext.Default.CampaignContent);
    }

    public static CampaignContent FromJson(string json) =>
        JsonSerializer.Deserialize(json, CampaignContentContext.Default.CampaignContent)
        ?? throw new JsonException("The campaign's content is null.");

    public CampaignTerms ToTerms() =>
        new(Time(StartAt), Time(EndAt), Limit, Target, StartMinor, FloorMinor, Prizes);

    public ImmutableArray<RoomId> ToRooms() => [.. Rooms.Select(RoomId.Parse)];

    public DrawOutcome? ToOutcome() => EntriesHash is null
        ? null
        : new DrawOutcome(
            [.. Convert.FromHexString(EntriesHash)],
            [.. (Winners ?? []).Select(winner => Convert.FromHexString(winner).ToImmutableArray())]);

    private static long? Micros(DateTimeOffset? time) => time is { } value ? UnixMicros.Of(value) : null;

    private static DateTimeOffset? Time(long? micros) => micros is { } value ? UnixMicros.ToTime(value) : null;
}

/// <summary>Generated serializer.</summary>
[JsonSerializable(typeof(CampaignContent))]
internal sealed partial class CampaignContentContext : JsonSerializerContext;
