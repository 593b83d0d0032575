using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>What a merchant can prove its ledger with, and why each order is in it.</summary>
internal static class LedgerProofEndpoints
{
    private const string Tag = "Ledger";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("GET", "/v1/ledger-keys", Tag, "The public keys that checkpoints are signed with.", Keys())
            .NeedsNoToken().Gives<LedgerKeysResponse>();
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/ledger/checkpoints", Tag, "Signed heads of the ledger, in order.", Checkpoints())
            .TakesQuery("after", "Number of an entry, exclusive; 0 (default) for the beginning.").TakesQuery("limit", "1 to 1000, default 100.")
            .Gives<CheckpointsResponse>().Refuses(400, 401, 403, 404);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/ledger/export", Tag, "The whole ledger with its checkpoints and keys.", Export())
            .WithDescription("A JSON object a line, as docs/ledger.md says: all that tools/verify-ledger needs.")
            .Produces<string>(StatusCodes.Status200OK, LedgerExport.ContentType).Refuses(401, 403, 404);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/orders/{orderId}/attribution", Tag, "Which overlay at which second drove an order.", Attribution())
            .WithDescription("The merchant's own lines of the order, with room, overlay, tile, speaker, time of the feed and share codes.")
            .Gives<OrderAttributionResponse>().Refuses(400, 401, 403, 404);
    }

    private static ApiEndpoint Keys() => ApiCall
        .PermitAnyone("read the ledger keys")
        .Answer(call => Answers.Ok(
            new LedgerKeysResponse([.. call.Commerce().LedgerKeys().Values.OrderByDescending(key => key.Since).Select(LedgerViews.Show)]),
            ApiJson.Default.LedgerKeysResponse));

    private static ApiEndpoint Checkpoints() => LedgerEndpoints.OwnLedger("read these checkpoints")
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadWhole("after", 0, 0, long.MaxValue, out var after, out var malformed)
                || !call.TryReadWhole("limit", LedgerPage.DefaultLimit, 1, LedgerPage.MaxLimit, out var limit, out malformed))
            {
                return malformed!;
            }

            var outcome = await call.Commerce().ReadCheckpointsAsync(merchant.Id, after, (int)limit, call.Http.RequestAborted);
            if (!outcome.TryGet(out var checkpoints, out var problem))
            {
                return problem.ToResult();
            }

            long? next = checkpoints.Length == limit ? checkpoints[^1].Seq : null;
            return Answers.Ok(new CheckpointsResponse([.. checkpoints.Select(LedgerViews.Show)], next), ApiJson.Default.CheckpointsResponse);
        });

    private static ApiEndpoint Export() => LedgerEndpoints.OwnLedger("export this ledger")
        .Answer((call, merchant) => Results.Stream(
            stream => new LedgerExport(call.Commerce(), merchant.Id).WriteAsync(stream, call.Http.RequestAborted), LedgerExport.ContentType));

    private static ApiEndpoint Attribution() => LedgerEndpoints.OwnLedger("read this order")
        .Answer(async (call, merchant) =>
        {
            if (!OrderId.TryParse(call.Route("orderId"), out var orderId))
            {
                return HttpProblem.BadRequest("orderId", call.Route("orderId"), Identifier.Allowed);
            }

            var outcome = await call.Commerce().ReadAttributionAsync(merchant.Id, orderId, call.Http.RequestAborted);
            return outcome.TryGet(out var records, out var problem)
                ? Answers.Ok(OrderViews.Show(orderId, records), ApiJson.Default.OrderAttributionResponse)
                : problem.ToResult();
        });
}
