using System.Globalization;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Problems;
using MediaRelay.Server.Reports;
using MediaRelay.Server.Webhooks;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Overlays of the platform's or a merchant's own making, and proof of their arrival.</summary>
internal static class OverlayEndpoints
{
    private const string Tag = "Overlays";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("POST", "/v1/rooms/{roomId}/overlays", Tag, "Show an overlay to the room's viewers.", Publish())
            .WithDescription(
                "coupon, flashSale, bargain and draw with an id (couponId, flashSaleId or itemId, bargainId, drawId) are kept: viewers can claim,"
                + " help and enter, and action close (or stop), and for draws then reveal, ends them.")
            .Gives<OverlayResponse>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);
        endpoints.MapApi("GET", "/v1/rooms/{roomId}/overlays/{seq}", Tag, "How an overlay of the last minute fared.", Receipt())
            .Gives<OverlayReceiptsResponse>().Refuses(401, 403, 404);
    }

    private static ApiEndpoint Publish() => ApiCall
        .Permit("publish overlays", call => call.Bearer.Role == AccessRole.Platform || IsPublisher(call.Bearer))
        .Find("room", "roomId", (call, id) => call.FindRoom(id), MayShow)
        .Read(ApiJson.Default.OverlayRequest)
        .Answer(PublishAsync);

    private static ApiEndpoint Receipt() => ApiCall
        .Permit("read delivery receipts", call => call.Bearer.Role == AccessRole.Platform || IsPublisher(call.Bearer))
        .Find("room", "roomId", (call, id) => call.FindRoom(id), MayShow)
        .Answer((call, room) =>
        {
            var text = call.Route("seq");
            var message = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? Find(call, room, seq) : null;

            // Another merchant's message is as good as none: its figures are not the caller's.
            if (message?.Delivery is not { } delivery
                || (call.Bearer.Role == AccessRole.Merchant && message.MerchantId?.Value != call.Bearer.Merchant))
            {
                return HttpProblem.NotFound("overlay of the last minute", text);
            }

            var receipt = delivery.Read(UnixMicros.Of(call.At));
            return Answers.Ok(
                new OverlayReceiptsResponse(
                    receipt.Seq, receipt.Sent, receipt.Received, receipt.Lost, receipt.Confirmed, receipt.P50Ms, receipt.P99Ms),
                ApiJson.Default.OverlayReceiptsResponse);
        });

    private static async Task<IResult> PublishAsync(ApiContext call, RoomView room, OverlayRequest body)
    {
        if (!MerchantId.TryParse(body.MerchantId, out var merchantId))
        {
            return HttpProblem.BadRequest("merchantId", body.MerchantId, Identifier.Allowed);
        }

        if (call.Bearer.Role == AccessRole.Merchant && merchantId.Value != call.Bearer.Merchant)
        {
            return HttpProblem.Forbidden("A merchant's token can publish this merchant's overlays only.");
        }

        if (body.Body is not { } given)
        {
            return HttpProblem.BadRequest("body", null, "an object");
        }

        if (body.At < 0)
        {
            return HttpProblem.BadRequest("at", $"{body.At}", "0 or more");
        }

        if (!EncodedBody.Create(body.Type, merchantId, given).TryGet(out var encoded, out var problem))
        {
            return problem.ToResult();
        }

        if (!Merchants(room).Contains(merchantId.Value))
        {
            return HttpProblem.Unprocessable(
                "merchantId", body.MerchantId, "the room's own merchant, or one of its active co-host session");
        }

        if (!CampaignDraft.Read(body.Type!, merchantId, given).TryGet(out var draft, out problem))
        {
            return problem.ToResult();
        }

        var overlays = call.Service<OverlayHost>();
        if (!await overlays.AwaitTurnAsync(room.Room.Id, merchantId, encoded.Length, call.At, call.Http.RequestAborted))
        {
            return HttpProblem.TooManyRequests(
                $"{PublishTurns<Action>.DefaultMaxWaiting} overlays of merchant '{merchantId}' wait in room '{room.Room.Id}', which is the limit.",
                TimeSpan.FromSeconds(1));
        }

        if (draft is not null)
        {
            var published = await call.Commerce().PublishCampaignAsync(call.At, room.Room.Id, draft);
            if (!published.TryGet(out var view, out problem))
            {
                return problem.ToResult();
            }

            encoded = CampaignBody.Of(view);
        }

        var mediaTime = body.At ?? call.Http.RequestServices.GetService<MediaTimeSource>()?.Invoke(room.Room.Id, call.At);
        var message = overlays.Rooms[room.Room.Id].Publish(UnixMicros.Of(call.At), mediaTime, encoded, merchantId);
        call.Service<ShowRecorder>().NoteOverlay(call.At, room, merchantId, message.Type, message.Seq, mediaTime);
        call.Service<WebhookFeed>().TellOverlay(call.At, room, merchantId, message.Type, message.Seq, mediaTime);
        return Results.Json(new OverlayResponse(message.Seq), ApiJson.Default.OverlayResponse, statusCode: StatusCodes.Status202Accepted);
    }

    // Only what is never shed is kept, and has receipts.
    private static OverlayMessage? Find(ApiContext call, RoomView room, long seq) =>
        call.Service<OverlayHost>().Rooms.TryGet(room.Room.Id, out var overlays)
        && overlays.TryReplay(UnixMicros.Of(call.At), seq - 1, seq, out var found, out _)
            ? found.FirstOrDefault(message => message.Seq == seq)
            : null;

    private static bool IsPublisher(AccessToken token) =>
        token.Role == AccessRole.Merchant && token.Scopes.HasFlag(MerchantScopes.Overlay);

    private static bool MayShow(ApiContext call, RoomView? room) => call.Bearer.Role == AccessRole.Platform
        || Permissions.CanShowInRoom(
            call.Bearer, MerchantScopes.Overlay, call.Bearer.Merchant!, room.Facts(), room is null ? [] : Merchants(room));

    private static IReadOnlyCollection<string> Merchants(RoomView room) =>
        room.CoHost is { State: CoHostState.Active } session ? session.MerchantIds()! : [room.Room.MerchantId.Value];
}
