using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>A merchant's ledger, and what is drawn from it. Nothing of another merchant's.</summary>
internal static class LedgerEndpoints
{
    private const string Tag = "Ledger";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/ledger", Tag, "Read the ledger.", Read())
            .WithDescription("A referral names the order and the traffic, never buyer or price.")
            .TakesQuery("after", "Exclusive; 0 (default) for the beginning.").TakesQuery("limit", "1 to 1000, default 100.")
            .Gives<LedgerResponse>().Refuses(400, 401, 403, 404);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/ledger/verify", Tag, "Check the whole hash chain.", Verify())
            .Gives<LedgerVerifyResponse>().Refuses(401, 403, 404);
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/statement", Tag, "Figures over the ledger, or over one co-host session.", Statement())
            .TakesQuery("cohostId", "Only entries of this session.")
            .TakesQuery("policy", "1 or 2: also what this version of the attribution policy makes of it; writes nothing.")
            .Gives<LedgerFiguresResponse>().Refuses(400, 401, 403, 404);
    }

    private static ApiEndpoint Read() => OwnLedger("read this ledger")
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadWhole("after", 0, 0, long.MaxValue, out var after, out var malformed)
                || !call.TryReadWhole("limit", LedgerPage.DefaultLimit, 1, LedgerPage.MaxLimit, out var limit, out malformed))
            {
                return malformed!;
            }

            var outcome = await call.Commerce().ReadLedgerAsync(merchant.Id, after, (int)limit, call.Http.RequestAborted);
            return outcome.TryGet(out var page, out var problem)
                ? Answers.Ok(new LedgerResponse([.. page.Entries.Select(LedgerViews.Show)], page.Next), ApiJson.Default.LedgerResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Verify() => OwnLedger("verify this ledger")
        .Answer(async (call, merchant) =>
        {
            var outcome = await call.Commerce().VerifyLedgerAsync(merchant.Id, call.Http.RequestAborted);
            return outcome.TryGet(out var found, out var problem)
                ? Answers.Ok(
                    LedgerViews.Show(found, call.Commerce().LastCheckpoint(merchant.Id)), ApiJson.Default.LedgerVerifyResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Statement() => OwnLedger("read this statement")
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadText("cohostId", out var text, out var malformed))
            {
                return malformed!;
            }

            CoHostId? coHostId = null;
            if (text is not null)
            {
                if (!CoHostId.TryParse(text, out var parsed))
                {
                    return HttpProblem.BadRequest("cohostId", text, Identifier.Allowed);
                }

                coHostId = parsed;
            }

            if (!call.TryReadWhole("policy", 0, 1, AttributionPolicy.All.Length, out var version, out malformed))
            {
                return malformed!;
            }

            var commerce = call.Commerce();
            var outcome = await commerce.GetStatementAsync(merchant.Id, coHostId, call.Http.RequestAborted);
            if (!outcome.TryGet(out var figures, out var problem))
            {
                return problem.ToResult();
            }

            var policy = AttributionPolicy.All.FirstOrDefault(candidate => candidate.Version == version);
            var whatIf = policy is null
                ? null
                : await commerce.Statements.WhatIfAsync(merchant.Id, policy, coHostId, call.Http.RequestAborted);
            var statement = LedgerViews.Show(figures) with
            {
                Checkpoint = commerce.LastCheckpoint(merchant.Id) is { } last ? LedgerViews.Show(last) : null,
                Policy = whatIf is null ? null : LedgerViews.Show(whatIf),
            };
            return Answers.Ok(statement, ApiJson.Default.LedgerFiguresResponse);
        });

    internal static ApiCall<Merchant> OwnLedger(string doing) => ApiCall
        .Permit(doing, call => Permissions.CanActFor(call.Bearer, MerchantScopes.Audit, call.Route("merchantId")))
        .Find("merchant", "merchantId", (call, id) => call.FindMerchant(id), (_, _) => true);
}
