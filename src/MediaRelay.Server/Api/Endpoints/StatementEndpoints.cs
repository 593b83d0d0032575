using MediaRelay.Commerce.Ledger;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Statements that were closed with a show or a co-host session, and do not change any more.</summary>
internal static class StatementEndpoints
{
    private const string Tag = "Ledger";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/statements", Tag, "Closed statements, the latest first.", List())
            .TakesQuery("after", "The statementId of the last one read; absent for the latest.").TakesQuery("limit", "1 to 1000, default 100.")
            .Gives<ClosedStatementsResponse>().Refuses(400, 401, 403, 404);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/statements/{statementId}", Tag, "A closed statement: the same bytes at every reading.", Read())
            .WithDescription(
                "Repr-Digest carries the SHA-256 of the body, which is the digest that was stored when the statement was closed. 409: the "
                + "ledger no longer gives that statement, so something under it was changed.")
            .Produces<string>(StatusCodes.Status200OK, "application/json").Refuses(401, 403, 404, 409);
    }

    private static ApiEndpoint List() => LedgerEndpoints.OwnLedger("read these statements")
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadWhole("limit", LedgerPage.DefaultLimit, 1, LedgerPage.MaxLimit, out var limit, out var malformed)
                || !call.TryReadText("after", out var after, out malformed))
            {
                return malformed!;
            }

            var statements = await call.Commerce().Statements.ListAsync(merchant.Id, after, (int)limit, call.Http.RequestAborted);
            var next = statements.Length == limit ? statements[^1].Id : null;
            return Answers.Ok(
                new ClosedStatementsResponse([.. statements.Select(LedgerViews.Show)], next), ApiJson.Default.ClosedStatementsResponse);
        });

    private static ApiEndpoint Read() => LedgerEndpoints.OwnLedger("read this statement")
        .Answer(async (call, merchant) =>
        {
            var outcome = await call.Commerce().Statements.ReadAsync(merchant.Id, call.Route("statementId"), call.Http.RequestAborted);
            if (!outcome.TryGet(out var content, out var problem))
            {
                return problem.ToResult();
            }

            if (!content.IsIntact)
            {
                return Commerce.Problem.Conflict(
                    $"The ledger gives another statement than the one that was closed (digest {content.Digest} instead of "
                    + $"{content.Statement.Digest}); see ledger/verify.").ToResult();
            }

            // RFC 9530.
            call.Http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(content.Digest))}:";
            return Results.Bytes(content.Document, "application/json");
        });
}
