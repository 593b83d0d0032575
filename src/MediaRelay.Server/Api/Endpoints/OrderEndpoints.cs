using MediaRelay.Commerce;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Order events, as the platform reports them.</summary>
internal static class OrderEndpoints
{
    private const string Tag = "Orders";
    private const int MaxBatch = 1000;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("POST", "/v1/orders", Tag, "Report what happened to an order.", Submit())
            .WithDescription(
                "An event is identified by (orderId, kind), or by eventId where a kind occurs twice. Again with the same content: 200 "
                + "and the first body; with other content: 409, quarantined. An item that never stood on the named merchant's shelf: 422. "
                + "Cancel and refund never exceed what was sold (422); arriving first they wait. All lines are accepted, or none.")
            .Gives<OrderResponse>(201).Gives<OrderResponse>().Refuses(400, 401, 403, 409, 413, 415, 422, 503);
        endpoints.MapApi("POST", "/v1/orders/batch", Tag, "Report several events, each for itself and in order.", SubmitBatch())
            .Gives<OrderBatchResponse>().Refuses(400, 401, 403, 413, 415, 503);
        endpoints.MapApi("GET", "/v1/orders/quarantine", Tag, "Events that contradict what was accepted before; they had no effect.", Quarantine())
            .TakesQuery("after", "Exclusive; 0 (default) for the beginning.").TakesQuery("limit", "1 to 1000, default 100.")
            .Gives<QuarantineResponse>().Refuses(400, 401, 403);
    }

    private static ApiEndpoint Submit() => ApiCall
        .Permit("report orders", call => Permissions.IsPlatform(call.Bearer))
        .Read(ApiJson.Default.OrderRequest)
        .Answer(async (call, _, body) =>
        {
            var metrics = call.Service<OrderMetrics>();
            if (!ToDraft(body).Check(call.At).TryGet(out var orderEvent, out var malformed))
            {
                metrics.Refused(malformed.Kind);
                return malformed.ToResult();
            }

            var outcome = await call.Commerce().SubmitOrderAsync(call.At, orderEvent, call.Http.RequestAborted);
            if (!outcome.TryGet(out var answer, out var problem))
            {
                metrics.Refused(problem.Kind);
                return problem.ToResult();
            }

            metrics.Accepted(answer, call.Service<TimeProvider>().GetUtcNow() - call.At);
            return Results.Json(OrderViews.Show(answer), ApiJson.Default.OrderResponse, statusCode: StatusOf(answer));
        });

    private static ApiEndpoint SubmitBatch() => ApiCall
        .Permit("report orders", call => Permissions.IsPlatform(call.Bearer))
        .Read(ApiJson.Default.OrderBatchRequest)
        .Answer(async (call, _, body) =>
        {
            if (body.Orders is not { Count: > 0 and <= MaxBatch })
            {
                return HttpProblem.BadRequest("orders", body.Orders is null ? null : $"{body.Orders.Count} events", $"1 to {MaxBatch} events");
            }

            return Answers.Ok(new OrderBatchResponse(await SubmitAllAsync(call, body.Orders)), ApiJson.Default.OrderBatchResponse);
        });

    private static async Task<OrderBatchResult[]> SubmitAllAsync(ApiContext call, IReadOnlyList<OrderRequest?> orders)
    {
        var metrics = call.Service<OrderMetrics>();
        var results = new OrderBatchResult[orders.Count];
        var events = new List<OrderEvent>(orders.Count);
        var places = new List<int>(orders.Count);
        for (var i = 0; i < orders.Count; i++)
        {
            if (orders[i] is not { } given)
            {
                results[i] = Refuse(metrics, Problem.Invalid($"orders[{i}]", null, "an object"));
            }
            else if (ToDraft(given).Check(call.At).TryGet(out var orderEvent, out var malformed))
            {
                events.Add(orderEvent);
                places.Add(i);
            }
            else
            {
                results[i] = Refuse(metrics, malformed);
            }
        }

        var outcomes = await call.Commerce().SubmitOrdersAsync(call.At, events, call.Http.RequestAborted);
        var elapsed = call.Service<TimeProvider>().GetUtcNow() - call.At;
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].TryGet(out var answer, out var problem))
            {
                metrics.Accepted(answer, elapsed);
                results[places[i]] = new OrderBatchResult(StatusOf(answer), OrderViews.Show(answer), null);
            }
            else
            {
                results[places[i]] = Refuse(metrics, problem);
            }
        }

        return results;
    }

    private static ApiEndpoint Quarantine() => ApiCall
        .Permit("read quarantined orders", call => Permissions.IsPlatform(call.Bearer))
        .Answer(async call =>
        {
            if (!call.TryReadWhole("after", 0, 0, long.MaxValue, out var after, out var problem)
                || !call.TryReadWhole("limit", LedgerPage.DefaultLimit, 1, LedgerPage.MaxLimit, out var limit, out problem))
            {
                return problem!;
            }

            var events = await call.Commerce().ReadQuarantineAsync(after, (int)limit, call.Http.RequestAborted);
            long? next = events.Length == limit ? events[^1].Seq : null;
            return Answers.Ok(new QuarantineResponse([.. events.Select(OrderViews.Show)], next), ApiJson.Default.QuarantineResponse);
        });

    private static OrderEventDraft ToDraft(OrderRequest body) => new(
        body.OrderId,
        body.Lines?.Select(line => line is null
            ? null
            : new OrderLineDraft(line.LineNo, line.MerchantId, line.ItemId, line.Quantity, line.AmountMinor, line.Currency)).ToList(),
        body.RoomId,
        body.ViewerId,
        body.Kind,
        body.OccurredAt,
        body.EventId,
        body.ShareCode,
        body.ClickToken);

    private static int StatusOf(OrderAnswer answer) => answer.IsRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created;

    private static OrderBatchResult Refuse(OrderMetrics metrics, Problem problem)
    {
        metrics.Refused(problem.Kind);
        var result = problem.ToResult();
        return new OrderBatchResult(result.Status, null, new ProblemResponse(
            result.Kind.Type, result.Kind.Title, result.Status, result.Detail, result.Field, result.Value, result.Allowed));
    }
}
