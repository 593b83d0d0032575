using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;
using MediaRelay.Server.Reports;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>A merchant's report of a show, to be read by programs and by people.</summary>
internal static class ReportEndpoints
{
    private const string Formats = "json, html, csv";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapApi("GET", "/v1/merchants/{merchantId}/report", "Ledger", "One show in a room: this merchant's own figures.", Read())
            .WithDescription("Also as text/html (a page of its own, with charts) and text/csv, by format or Accept.")
            .TakesQuery("roomId", "The room that carried the orders.").TakesQuery("showId", "Default: the room's last show.")
            .TakesQuery("format", $"{Formats}; default by Accept.")
            .Gives<ReportResponse>().Refuses(400, 401, 403, 404);

    private static ApiEndpoint Read() => ApiCall
        .Permit("read this report", call => Permissions.CanActFor(call.Bearer, MerchantScopes.Audit, call.Route("merchantId")))
        .Find("merchant", "merchantId", (call, id) => call.FindMerchant(id), (_, _) => true)
        .Answer(async (call, merchant) =>
        {
            if (!call.TryReadText("roomId", out var roomText, out var malformed) || !call.TryReadText("showId", out var showText, out malformed)
                || !call.TryReadText("format", out var format, out malformed))
            {
                return malformed!;
            }

            if (!RoomId.TryParse(roomText, out var roomId))
            {
                return HttpProblem.BadRequest("roomId", roomText, Identifier.Allowed);
            }

            ShowId showId = default;
            if (showText is not null && !ShowId.TryParse(showText, out showId))
            {
                return HttpProblem.BadRequest("showId", showText, Identifier.Allowed);
            }

            if (format is not (null or "json" or "html" or "csv"))
            {
                return HttpProblem.BadRequest("format", format, Formats);
            }

            var outcome = await call.Commerce().Reports.ReadAsync(
                merchant.Id, roomId, showText is null ? null : showId, call.Http.RequestAborted);
            return outcome.TryGet(out var report, out var problem)
                ? Show(ReportViews.Show(report, call.At), format ?? Preferred(call.Http))
                : problem.ToResult();
        });

    private static IResult Show(ReportResponse report, string format) => format switch
    {
        "html" => Results.Text(ReportPage.Write(report), "text/html; charset=utf-8"),
        "csv" => Results.Text(ReportTable.Write(report), "text/csv; charset=utf-8"),
        _ => Answers.Ok(report, ApiJson.Default.ReportResponse),
    };

    // The first that is named among those that there are; anything else gets JSON.
    private static string Preferred(HttpContext http) => http.Request.GetTypedHeaders().Accept
        .OrderByDescending(accept => accept.Quality ?? 1)
        .Select(accept => accept.MediaType.Value?.ToLowerInvariant() switch
        {
            "text/html" => "html",
            "text/csv" => "csv",
            "application/json" => "json",
            _ => null,
        })
        .FirstOrDefault(format => format is not null) ?? "json";
}
