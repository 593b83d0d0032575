using MediaRelay.Commerce;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Api.Calls;

/// <summary>What calls look up in the commerce part. An identifier that no thing can have finds nothing.</summary>
internal static class ApiContextIds
{
    public static CommerceService Commerce(this ApiContext call) => call.Service<CommerceHost>().Service;

    public static Merchant? FindMerchant(this ApiContext call, string id) =>
        MerchantId.TryParse(id, out var merchantId) && call.Commerce().GetMerchant(merchantId).TryGet(out var merchant, out _) ? merchant : null;

    public static RoomView? FindRoom(this ApiContext call, string id) =>
        RoomId.TryParse(id, out var roomId) && call.Commerce().GetRoom(roomId).TryGet(out var room, out _) ? room : null;

    public static CoHostSession? FindCoHost(this ApiContext call, string id) =>
        CoHostId.TryParse(id, out var coHostId) && call.Commerce().GetCoHost(coHostId).TryGet(out var session, out _) ? session : null;

    public static RoomFacts? Facts(this RoomView? room) =>
        room is null ? null : new RoomFacts(room.Room.MerchantId.Value, room.Room.IsPublic);

    /// <summary>The merchants of a session, or null when there is none.</summary>
    public static IReadOnlyCollection<string>? MerchantIds(this CoHostSession? session) =>
        session is null ? null : [.. session.Rooms.Select(room => room.MerchantId.Value)];

    /// <summary>The caller as a party of co-host sessions.</summary>
    public static Actor AsParty(this ApiContext call) => call.Bearer.Role == AccessRole.Platform
        ? Actor.Platform
        : new Actor(MerchantId.Parse(call.Bearer.Merchant!));
}
