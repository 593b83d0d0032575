using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Draws, for anybody who wants to draw again.</summary>
internal static class DrawEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapApi("GET", "/v1/rooms/{roomId}/draws/{merchantId}/{drawId}", "Overlays", "What a draw was bound to, who entered and who won.", Get())
        .NeedsNoToken().Gives<DrawResponse>().Refuses(400, 401, 403, 404);

    private static ApiEndpoint Get() => ApiCall
        .PermitAnyone("read this room's draws")
        .Find("room", "roomId", (call, id) => call.FindRoom(id), RoomEndpoints.MayRead)
        .Answer((call, room) =>
        {
            if (!MerchantId.TryParse(call.Route("merchantId"), out var merchantId))
            {
                return HttpProblem.BadRequest("merchantId", call.Route("merchantId"), Identifier.Allowed);
            }

            var key = new CampaignKey(merchantId, CampaignKind.Draw, call.Route("drawId"));
            return call.Commerce().GetCampaign(key).TryGet(out var view, out var problem) && view.Campaign.Rooms.Contains(room.Room.Id)
                ? Answers.Ok(Show(call, view), ApiJson.Default.DrawResponse)
                : (problem ?? MediaRelay.Commerce.Problem.NotFound("draw", key.Id)).ToResult();
        });

    private static DrawResponse Show(ApiContext call, CampaignView view)
    {
        var draw = view.Campaign;
        var isClosed = view.Outcome is not null;
        var isRevealed = draw.State == CampaignState.Revealed;
        var viewers = isClosed ? call.Commerce().ListParticipants(draw.Key) : [];
        var entries = viewers.Select(viewer => Convert.ToHexStringLower(DrawRules.Entry(draw.Key, viewer.Value))).ToList();
        var winners = isRevealed ? view.Outcome!.Winners.Select(winner => Convert.ToHexStringLower(winner.AsSpan())).ToList() : null;
        return new DrawResponse(
            draw.Key.Id,
            draw.State.ToString().ToLowerInvariant(),
            draw.Terms.Prizes ?? 1,
            Convert.ToHexStringLower(DrawRules.Commit(draw.Seed.AsSpan())),
            view.Count,
            isClosed ? entries : null,
            isClosed ? Convert.ToHexStringLower(view.Outcome!.EntriesHash.AsSpan()) : null,
            isRevealed ? Convert.ToHexStringLower(draw.Seed.AsSpan()) : null,
            winners,
            winners is not null && MayKnowWinners(call.Token, draw.Key.MerchantId)
                ? [.. winners.Select(winner => viewers[entries.IndexOf(winner)].Value)]
                : null);
    }

    private static bool MayKnowWinners(AccessToken? token, MerchantId owner) =>
        token?.Role == AccessRole.Platform || (token?.Role == AccessRole.Merchant && token.Merchant == owner.Value);
}
