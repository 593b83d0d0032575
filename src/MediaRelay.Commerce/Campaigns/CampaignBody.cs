using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Commerce.Overlays.Bodies;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>A campaign as viewers see it: what the publisher gave to be shown, and what the relay says of it.</summary>
public static class CampaignBody
{
    /// <summary>What the relay says; taken out of what publishers give.</summary>
    public static readonly IReadOnlyList<string> OwnFields =
    [
        "action", "state", "claimed", "helpers", "entered", "currentMinor", "commit", "entriesHash", "seed", "winners", "claim", "entry",
        "help", "number",
    ];

    /// <summary>The message for everybody.</summary>
    public static EncodedBody Of(CampaignView view) => Encode(view.Campaign, Describe(view));

    /// <summary>The fields of <see cref="Of"/>, and <c>type</c>: as they stand in a snapshot.</summary>
    internal static EncodedBody InSnapshot(CampaignView view)
    {
        var fields = Describe(view);
        fields["type"] = CampaignDraft.TypeOf(view.Campaign.Key.Kind);
        return Encode(view.Campaign, fields);
    }

    /// <summary>What a viewer is told of its own participation.</summary>
    public static EncodedBody Answer(Campaign campaign, string word, string viewerId, in ParticipationAnswer answer)
    {
        var key = campaign.Key;
        var fields = new JsonObject
        {
            [CampaignDraft.IdFieldOf(key.Kind)] = key.Id,
            [word] = answer.Result.ToString().ToLowerInvariant(),
        };
        if (answer.Number > 0)
        {
            fields["number"] = answer.Number;
            if (key.Kind == CampaignKind.Draw)
            {
                fields["entryHash"] = Convert.ToHexStringLower(DrawRules.Entry(key, viewerId));
            }
        }

        return Encode(campaign, fields);
    }

    private static JsonObject Describe(CampaignView view)
    {
        var campaign = view.Campaign;
        var terms = campaign.Terms;
        var fields = (JsonObject)JsonNode.Parse(campaign.Display)!;
        fields[CampaignDraft.IdFieldOf(campaign.Key.Kind)] = campaign.Key.Id;
        fields["state"] = campaign.State.ToString().ToLowerInvariant();
        Set(fields, "startAt", terms.StartAt is { } start ? UnixMicros.Of(start) : null);
        Set(fields, "endAt", terms.EndAt is { } end ? UnixMicros.Of(end) : null);
        switch (campaign.Key.Kind)
        {
            case CampaignKind.Coupon:
                fields["claimed"] = view.Count;
                break;
            case CampaignKind.Bargain:
                fields["helpers"] = view.Count;
                fields["target"] = terms.Target;
                Set(fields, "currentMinor", terms.PriceAt(view.Count));
                break;
            case CampaignKind.Draw:
                DescribeDraw(view, fields);
                break;
        }

        return fields;
    }

    private static void DescribeDraw(CampaignView view, JsonObject fields)
    {
        var campaign = view.Campaign;
        fields["entered"] = view.Count;
        fields["prizes"] = campaign.Terms.Prizes;
        fields["commit"] = Convert.ToHexStringLower(DrawRules.Commit(campaign.Seed.AsSpan()));
        if (view.Outcome is not { } outcome)
        {
            return;
        }

        fields["entriesHash"] = Convert.ToHexStringLower(outcome.EntriesHash.AsSpan());
        if (campaign.State == CampaignState.Revealed)
        {
            fields["seed"] = Convert.ToHexStringLower(campaign.Seed.AsSpan());
            fields["winners"] = new JsonArray(
                [.. outcome.Winners.Select(winner => (JsonNode)Convert.ToHexStringLower(winner.AsSpan()))]);
        }
    }

    private static void Set(JsonObject fields, string name, long? value)
    {
        if (value is not null)
        {
            fields[name] = value;
        }
    }

    private static EncodedBody Encode(Campaign campaign, JsonObject fields)
    {
        fields.Remove("merchantId");
        using var document = JsonDocument.Parse(fields.ToJsonString());
        return EncodedBody.Create(CampaignDraft.TypeOf(campaign.Key.Kind), campaign.Key.MerchantId, document.RootElement).Value;
    }
}
