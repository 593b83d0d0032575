using System.Globalization;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Guides' codes and the hourly board.</summary>
internal static class ShareCodeEndpoints
{
    private const string Tag = "Sharing";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/share-codes/{code}", Tag, "Say which guide a code stands for.", Put())
            .Gives<ShareCodeResponse>().Gives<ShareCodeResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 503);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/leaderboard", Tag, "Guides by what they sold in one hour of event time.", Board())
            .TakesQuery("window", "Any time in the hour, RFC 3339; default now.")
            .Gives<LeaderboardResponse>().Refuses(400, 401, 403, 404);
    }

    private static ApiEndpoint Put() => ApiCall
        .Permit("set share codes", call => Permissions.IsPlatform(call.Bearer))
        .Read(ApiJson.Default.ShareCodeRequest)
        .Answer(async (call, _, body) =>
        {
            if (!TryReadEntry(call.Route("code"), body, out var entry, out var malformed))
            {
                return malformed!;
            }

            var outcome = await call.Commerce().PutShareCodeAsync(call.At, entry);
            return outcome.TryGet(out var put, out var problem)
                ? Answers.OkOrCreated(put.IsCreated, $"/v1/share-codes/{entry.Code}", call.Http, Show(put.Value), ApiJson.Default.ShareCodeResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Board() => ApiCall
        .Permit("read this leaderboard", call => Permissions.CanActFor(call.Bearer, MerchantScopes.Audit, call.Route("merchantId")))
        .Find("merchant", "merchantId", (call, id) => call.FindMerchant(id), (_, _) => true)
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadText("window", out var text, out var malformed))
            {
                return malformed!;
            }

            var window = call.At;
            if (text is not null
                && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out window))
            {
                return HttpProblem.BadRequest("window", text, "a time such as 2026-06-16T20:00:00Z");
            }

            var outcome = await call.Commerce().GetLeaderboardAsync(merchant.Id, window, call.Http.RequestAborted);
            return outcome.TryGet(out var board, out var problem)
                ? Answers.Ok(Show(board), ApiJson.Default.LeaderboardResponse)
                : problem.ToResult();
        });

    private static bool TryReadEntry(string route, ShareCodeRequest body, out ShareCodeEntry entry, out ProblemResult? problem)
    {
        entry = null!;
        problem = null;
        ShareCode parent = default;
        if (!ShareCode.TryParse(route, out var code))
        {
            problem = HttpProblem.BadRequest("code", route, Identifier.Allowed);
        }
        else if (!MerchantId.TryParse(body.MerchantId, out var merchantId))
        {
            problem = HttpProblem.BadRequest("merchantId", body.MerchantId, Identifier.Allowed);
        }
        else if (!StoreId.TryParse(body.StoreId, out var storeId))
        {
            problem = HttpProblem.BadRequest("storeId", body.StoreId, Identifier.Allowed);
        }
        else if (!GuideId.TryParse(body.GuideId, out var guideId))
        {
            problem = HttpProblem.BadRequest("guideId", body.GuideId, Identifier.Allowed);
        }
        else if (body.ParentCode is not null && !ShareCode.TryParse(body.ParentCode, out parent))
        {
            problem = HttpProblem.BadRequest("parentCode", body.ParentCode, Identifier.Allowed);
        }
        else
        {
            entry = new ShareCodeEntry(code, merchantId, storeId, guideId, body.ParentCode is null ? null : parent);
        }

        return problem is null;
    }

    private static ShareCodeResponse Show(ShareCodeEntry entry) => new(
        entry.Code.Value, entry.MerchantId.Value, entry.StoreId.Value, entry.GuideId.Value, entry.ParentCode?.Value);

    private static LeaderboardResponse Show(Leaderboard board) => new(
        board.MerchantId.Value, board.From, board.To,
        [.. board.Guides.Select(guide => new GuideSalesResponse(
            guide.Rank, guide.GuideId.Value, guide.StoreId.Value, guide.Currency, guide.Orders, guide.GrossMinor, guide.NetMinor))]);
}
