using System.Globalization;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>A merchant's shelf: versioned, ordered.</summary>
internal static class ShelfEndpoints
{
    private const string Tag = "Shelf";

    private const string IfMatchMeaning =
        "The ETag of the item or of the shelf that the caller knows; 412 when the item has changed since. * demands that it exists.";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/merchants/{merchantId}/shelf/{itemId}", Tag, "Put an item on the shelf or change it.", Put())
            .TakesHeader("If-Match", IfMatchMeaning)
            .Gives<ShelfItemResponse>().Gives<ShelfItemResponse>(201).Refuses(400, 401, 403, 404, 412, 413, 415, 422, 503);
        endpoints.MapApi("DELETE", "/v1/merchants/{merchantId}/shelf/{itemId}", Tag, "Take an item off the shelf.", Delete())
            .TakesHeader("If-Match", IfMatchMeaning)
            .GivesNothing().Refuses(401, 403, 404, 412, 503);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/shelf", Tag, "Read the shelf, in order.", Get())
            .TakesHeader("If-None-Match", "The ETag of the shelf that the caller has: 304 when it is still the current one.")
            .Gives<ShelfResponse>().Produces(304).Refuses(401, 403, 404);
    }

    private static ApiEndpoint Put() => OwnShelf("change this shelf")
        .Read(ApiJson.Default.ShelfItemRequest)
        .Answer(async (call, merchant, body) =>
        {
            if (!ItemId.TryParse(call.Route("itemId"), out var itemId))
            {
                return HttpProblem.BadRequest("itemId", call.Route("itemId"), Identifier.Allowed);
            }

            var key = new ItemKey(merchant.Id, itemId);
            if (!TryReadIfMatch(call, key, out var version, out var stale))
            {
                return stale!;
            }

            var draft = new ShelfItemDraft(
                body.Title, body.PriceMinor, body.Currency, body.Stock, body.ImageUrl, body.Url, body.Position);
            var outcome = await call.Commerce().PutItemAsync(call.At, key, draft, version);
            if (!outcome.TryGet(out var change, out var problem))
            {
                return problem.ToResult();
            }

            call.Http.Response.Headers.ETag = ETagOf(change.Item.Version);
            return Answers.OkOrCreated(
                change.IsCreated, $"/v1/merchants/{merchant.Id}/shelf/{itemId}", call.Http, ShelfViews.Show(change.Item),
                ApiJson.Default.ShelfItemResponse);
        });

    private static ApiEndpoint Delete() => OwnShelf("change this shelf")
        .Answer(async (call, merchant) =>
        {
            var text = call.Route("itemId");
            if (!ItemId.TryParse(text, out var itemId))
            {
                return HttpProblem.NotFound("item", text);
            }

            var key = new ItemKey(merchant.Id, itemId);
            if (!TryReadIfMatch(call, key, out var version, out var stale))
            {
                return stale!;
            }

            var outcome = await call.Commerce().DeleteItemAsync(call.At, key, version);
            return outcome.Problem is { } problem ? problem.ToResult() : Results.NoContent();
        });

    private static ApiEndpoint Get() => OwnShelf("read this shelf")
        .Answer((call, merchant) =>
        {
            if (!call.Commerce().GetShelf(merchant.Id).TryGet(out var shelf, out var problem))
            {
                return problem.ToResult();
            }

            call.Http.Response.Headers.ETag = shelf.ETag;
            return call.Http.Request.Headers.IfNoneMatch == shelf.ETag
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : Answers.Ok(
                    new ShelfResponse(merchant.Id.Value, shelf.Version, [.. shelf.Items.Select(ShelfViews.Show)]),
                    ApiJson.Default.ShelfResponse);
        });

    private static ApiCall<Merchant> OwnShelf(string doing) => ApiCall
        .Permit(doing, call => Permissions.CanActFor(call.Bearer, MerchantScopes.Shelf, call.Route("merchantId")))
        .Find("merchant", "merchantId", (call, id) => call.FindMerchant(id), (_, _) => true);

    // RFC 9110 §13.1.1. Only the form that the relay gives can match; anything else is a version that nobody has.
    private static bool TryReadIfMatch(ApiContext call, ItemKey key, out long? version, out ProblemResult? problem)
    {
        version = null;
        problem = null;
        var header = call.Http.Request.Headers.IfMatch.ToString();
        if (header.Length == 0)
        {
            return true;
        }

        if (header == "*")
        {
            problem = call.Commerce().TryGetItem(key, out _) ? null : HttpProblem.PreconditionFailed("If-Match", header, "an item that exists");
            return problem is null;
        }

        if (header.Length > 2 && header[0] == '"' && header[^1] == '"'
            && long.TryParse(header.AsSpan(1, header.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            version = given;
            return true;
        }

        problem = HttpProblem.PreconditionFailed("If-Match", header, "an ETag that the relay gave, or *");
        return false;
    }

    private static string ETagOf(long version) => $"\"{version}\"";
}
