using System.Net;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;
using MediaRelay.Server.Webhooks;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Receivers of events outside.</summary>
internal static class WebhookEndpoints
{
    private const string Tag = "Webhooks";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/webhooks/{webhookId}", Tag, "Have events sent to an address.", Put())
            .WithDescription(
                "Sent with POST and the header MediaRelay-Signature: t=<Unix time>,v1=<HMAC-SHA256 of t.body in hex>, at least once, in order "
                + "per room, repeated until a 2xx. What is sent: component schema WebhookEvent.")
            .Gives<WebhookResponse>().Gives<WebhookResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 503);
        endpoints.MapApi("GET", "/v1/webhooks/{webhookId}", Tag, "Read a webhook; its secret is not told again.", Get())
            .Gives<WebhookResponse>().Refuses(401, 403, 404);
        endpoints.MapApi("GET", "/v1/webhooks", Tag, "List the webhooks that the token may manage.", List())
            .Gives<WebhookListResponse>().Refuses(401, 403);
        endpoints.MapApi("DELETE", "/v1/webhooks/{webhookId}", Tag, "Delete a webhook, with what waits for it.", Delete())
            .GivesNothing().Refuses(401, 403, 404, 503);
    }

    private static ApiEndpoint Put() => ApiCall
        .Permit("manage this webhook", call => MayManage(call, Find(call, call.Route("webhookId"))))
        .Read(ApiJson.Default.WebhookRequest)
        .Answer(async (call, _, body) =>
        {
            if (!WebhookId.TryParse(call.Route("webhookId"), out var id))
            {
                return HttpProblem.BadRequest("webhookId", call.Route("webhookId"), Identifier.Allowed);
            }

            var isMerchant = call.Bearer.Role == AccessRole.Merchant;
            MerchantId? merchantId = null;
            if ((body.MerchantId ?? (isMerchant ? call.Bearer.Merchant : null)) is { } text)
            {
                if (!MerchantId.TryParse(text, out var parsed))
                {
                    return HttpProblem.BadRequest("merchantId", text, Identifier.Allowed);
                }

                merchantId = parsed;
            }

            if (isMerchant && merchantId?.Value != call.Bearer.Merchant)
            {
                return HttpProblem.Forbidden("A merchant's token can have this merchant's events sent only.");
            }

            if (IsPrivate(body.Url) && !call.Service<WebhookSender>().AllowsPrivate)
            {
                return HttpProblem.Unprocessable("url", body.Url, "a public address (MediaRelay:Webhooks:AllowPrivateAddresses)");
            }

            var draft = new WebhookDraft(body.Url, [.. body.Events ?? []], merchantId, body.RotateSecret);
            var outcome = await call.Commerce().Webhooks.PutAsync(call.At, id, draft);
            return outcome.TryGet(out var put, out var problem)
                ? Answers.OkOrCreated(
                    put.IsCreated, $"/v1/webhooks/{id}", call.Http, Show(call, put.Webhook, put.NewSecret), ApiJson.Default.WebhookResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Get() => Managed("read this webhook")
        .Answer((call, webhook) => Answers.Ok(Show(call, webhook, null), ApiJson.Default.WebhookResponse));

    private static ApiEndpoint List() => ApiCall
        .Permit("list webhooks", call => MayManage(call, null))
        .Answer(call => Answers.Ok(
            new WebhookListResponse(
                [.. call.Commerce().Webhooks.List().Where(webhook => MayManage(call, webhook)).Select(webhook => Show(call, webhook, null))]),
            ApiJson.Default.WebhookListResponse));

    private static ApiEndpoint Delete() => Managed("delete this webhook")
        .Answer(async (call, webhook) =>
        {
            var outcome = await call.Commerce().Webhooks.DeleteAsync(call.At, webhook.Id);
            return outcome.Problem is { } problem ? problem.ToResult() : Results.NoContent();
        });

    private static ApiCall<Webhook> Managed(string doing) => ApiCall
        .Permit(doing, call => MayManage(call, null))
        .Find("webhook", "webhookId", Find, MayManage);

    private static Webhook? Find(ApiContext call, string id) =>
        WebhookId.TryParse(id, out var webhookId) ? call.Commerce().Webhooks.Find(webhookId) : null;

    private static bool MayManage(ApiContext call, Webhook? webhook) =>
        Permissions.CanManageWebhook(call.Bearer, webhook is not null, webhook?.MerchantId?.Value);

    // Names are looked up when they are connected to; an address that is written out can be refused at once.
    private static bool IsPrivate(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !PublicAddresses.Contains(address)));

    private static WebhookResponse Show(ApiContext call, Webhook webhook, string? secret)
    {
        var backlog = call.Commerce().Webhooks.Backlog(webhook.Id);
        return new WebhookResponse(
            webhook.Id.Value, webhook.Url, webhook.Events, webhook.MerchantId?.Value, webhook.DisabledAt is null ? "active" : "disabled",
            webhook.CreatedAt, backlog.Events, backlog.Bytes, secret);
    }
}
