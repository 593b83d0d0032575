using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Merchants: made and renamed by the platform.</summary>
internal static class MerchantEndpoints
{
    private const string Tag = "Merchants";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/merchants/{merchantId}", Tag, "Create or update a merchant.", Put())
            .Gives<MerchantResponse>().Gives<MerchantResponse>(201).Refuses(400, 401, 403, 413, 415, 503);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}", Tag, "Read a merchant.", Get())
            .Gives<MerchantResponse>().Refuses(401, 403, 404);
    }

    private static ApiEndpoint Put() => ApiCall
        .Permit("create or change merchants", call => Permissions.IsPlatform(call.Bearer))
        .Read(ApiJson.Default.MerchantRequest)
        .Answer(async (call, _, body) =>
        {
            if (!MerchantId.TryParse(call.Route("merchantId"), out var id))
            {
                return HttpProblem.BadRequest("merchantId", call.Route("merchantId"), Identifier.Allowed);
            }

            var outcome = await call.Commerce().PutMerchantAsync(call.At, id, body.Name);
            return outcome.TryGet(out var put, out var problem)
                ? Answers.OkOrCreated(put.IsCreated, $"/v1/merchants/{id}", call.Http, Show(put.Value), ApiJson.Default.MerchantResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Get() => ApiCall
        .Permit("read this merchant", call => Permissions.CanActFor(call.Bearer, MerchantScopes.None, call.Route("merchantId")))
        .Find("merchant", "merchantId", (call, id) => call.FindMerchant(id), (_, _) => true)
        .Answer((_, merchant) => Answers.Ok(Show(merchant), ApiJson.Default.MerchantResponse));

    private static MerchantResponse Show(Merchant merchant) => new(merchant.Id.Value, merchant.Name);
}
