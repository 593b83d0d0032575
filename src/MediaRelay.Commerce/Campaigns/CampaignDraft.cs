using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>What somebody asks for who publishes a campaign's overlay, with all fields checked.</summary>
public sealed record CampaignDraft(CampaignKey Key, CampaignAction Action, CampaignTerms Terms, string Display)
{
    /// <summary>Prizes of one draw: their winners stand in one message.</summary>
    public const int MaxPrizes = 200;

    /// <summary>What is shown of a campaign goes to everybody who joins while it is on.</summary>
    public const int MaxDisplayLength = 4096;

    private const long MaxNumber = 1L << 53;

    private static readonly (string Word, CampaignAction Action)[] Actions =
        [("open", CampaignAction.Open), ("start", CampaignAction.Open), ("close", CampaignAction.Close), ("stop", CampaignAction.Close)];

    private static readonly (string Word, CampaignAction Action)[] DrawActions =
        [("open", CampaignAction.Open), ("close", CampaignAction.Close), ("reveal", CampaignAction.Reveal)];

    private const string Instants = "a time such as 2026-06-16T20:00:00Z, or Unix time in microseconds";

    /// <summary>
    /// Reads the body of an overlay. Null without its kind's id (<c>couponId</c>, <c>itemId</c> or <c>flashSaleId</c>, <c>bargainId</c>,
    /// <c>drawId</c>), or of another type: then it is shown and nothing more.
    /// </summary>
    public static Outcome<CampaignDraft?> Read(string type, MerchantId merchantId, JsonElement body)
    {
        if (KindOf(type) is not { } kind || body.ValueKind != JsonValueKind.Object || IdOf(kind, body) is not { } named)
        {
            return Outcome.Of<CampaignDraft?>(null);
        }

        if (!Identifier.IsValid(named.Value.ValueKind == JsonValueKind.String ? named.Value.GetString() : null))
        {
            return Problem.Invalid($"body.{named.Name}", named.Value.ToString(), Identifier.Allowed);
        }

        var fields = new CampaignFields(body);
        var action = fields.Choice("action", kind == CampaignKind.Draw ? DrawActions : Actions);
        var terms = new CampaignTerms(
            fields.Instant("startAt", Instants),
            fields.Instant("endAt", Instants),
            kind == CampaignKind.Coupon ? fields.Number("limit", 1, Campaign.MaxParticipants) : null,
            kind == CampaignKind.Bargain ? fields.Number("target", 1, Campaign.MaxParticipants) ?? 1 : null,
            kind == CampaignKind.Bargain ? fields.Number("startMinor", 0, MaxNumber) : null,
            kind == CampaignKind.Bargain ? fields.Number("floorMinor", 0, MaxNumber) : null,
            kind == CampaignKind.Draw ? (int)(fields.Number("prizes", 1, MaxPrizes) ?? 1) : null);
        if ((fields.Problem ?? CheckTogether(terms)) is { } problem)
        {
            return problem;
        }

        var display = DisplayOf(body);
        return display.Length > MaxDisplayLength
            ? Problem.Invalid("body", $"{display.Length} characters", $"up to {MaxDisplayLength} characters of JSON, since it is kept")
            : new CampaignDraft(new CampaignKey(merchantId, kind, named.Value.GetString()!), action, terms, display);
    }

    /// <summary>The kind that a message type shows; null for types that show none.</summary>
    public static CampaignKind? KindOf(string type) => type switch
    {
        OverlayTypes.Coupon => CampaignKind.Coupon,
        OverlayTypes.FlashSale => CampaignKind.FlashSale,
        OverlayTypes.Bargain => CampaignKind.Bargain,
        OverlayTypes.Draw => CampaignKind.Draw,
        _ => null,
    };

    /// <summary>The message type that shows a kind.</summary>
    public static string TypeOf(CampaignKind kind) => kind switch
    {
        CampaignKind.Coupon => OverlayTypes.Coupon,
        CampaignKind.FlashSale => OverlayTypes.FlashSale,
        CampaignKind.Bargain => OverlayTypes.Bargain,
        _ => OverlayTypes.Draw,
    };

    /// <summary>The field that names a campaign of a kind in messages.</summary>
    public static string IdFieldOf(CampaignKind kind) => kind switch
    {
        CampaignKind.Coupon => "couponId",
        CampaignKind.FlashSale => "flashSaleId",
        CampaignKind.Bargain => "bargainId",
        _ => "drawId",
    };

    private static (string Name, JsonElement Value)? IdOf(CampaignKind kind, JsonElement body)
    {
        if (body.TryGetProperty(IdFieldOf(kind), out var id))
        {
            return (IdFieldOf(kind), id);
        }

        // A flash sale is of an item as a rule, and then needs no name of its own.
        return kind == CampaignKind.FlashSale && body.TryGetProperty("itemId", out var item) ? ("itemId", item) : null;
    }

    private static Problem? CheckTogether(CampaignTerms terms)
    {
        if (terms is { StartAt: { } start, EndAt: { } end } && end <= start)
        {
            return Problem.Invalid("body.endAt", $"{end:O}", $"later than body.startAt, {start:O}");
        }

        if ((terms.StartMinor is null) != (terms.FloorMinor is null))
        {
            return Problem.Invalid(
                terms.StartMinor is null ? "body.startMinor" : "body.floorMinor", null, "a price; both or none of startMinor and floorMinor");
        }

        return terms is { StartMinor: { } from, FloorMinor: { } floor } && floor > from
            ? Problem.Invalid("body.floorMinor", floor, $"0 to body.startMinor, {from}")
            : null;
    }

    // What the relay says itself is not the publisher's to say.
    private static string DisplayOf(JsonElement body)
    {
        var display = JsonObject.Create(body)!;
        foreach (var own in CampaignBody.OwnFields)
        {
            display.Remove(own);
        }

        return display.ToJsonString();
    }
}
