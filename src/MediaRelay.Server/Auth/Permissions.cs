namespace MediaRelay.Server.Auth;

/// <summary>
/// The role table: pure functions from a token and the facts of a thing to yes or no. Facts are null when the thing does not
/// exist or was not looked up yet; the answer is then whether the token would do for some owner of a thing that is not
/// public. So asking with null refuses a wrong role or room (403) before the thing is missed (404), and asking again with
/// the facts refuses a foreign owner.
/// </summary>
internal static class Permissions
{
    /// <summary>WHIP into a room: its host, or its merchant.</summary>
    public static bool CanPublish(AccessToken token, string roomId, RoomFacts? room) => token.Role switch
    {
        AccessRole.Host => token.Room == roomId,
        AccessRole.Merchant => Owns(token, MerchantScopes.Publish, room),
        _ => false,
    };

    /// <summary>The return feed of a room: who may publish into it.</summary>
    public static bool CanReturn(AccessToken token, string roomId, RoomFacts? room) => CanPublish(token, roomId, room);

    /// <summary>WHEP from a room: anyone if it is public, else its viewers. <paramref name="token"/> is null without one.</summary>
    public static bool CanWatch(AccessToken? token, string roomId, RoomFacts? room)
    {
        if (room is { IsPublic: true })
        {
            return true;
        }

        return token is { Role: AccessRole.Viewer } && token.Room == roomId;
    }

    /// <summary>A room's overlay messages over a WebSocket: who may watch, its host, its merchant, the platform.</summary>
    public static bool CanListen(AccessToken? token, string roomId, RoomFacts? room) =>
        CanWatch(token, roomId, room) || CanReadRoom(token, roomId, room);

    /// <summary>A room's description and shelves: anyone if it is public, else everyone who takes part in it.</summary>
    public static bool CanReadRoom(AccessToken? token, string roomId, RoomFacts? room)
    {
        if (room is { IsPublic: true })
        {
            return true;
        }

        return token?.Role switch
        {
            AccessRole.Platform => true,
            AccessRole.Merchant => room is null || room.Value.MerchantId == token.Merchant,
            AccessRole.Host or AccessRole.Viewer => token.Room == roomId,
            _ => false,
        };
    }

    /// <summary>Create, change, close and delete a room.</summary>
    public static bool CanManageRoom(AccessToken token, RoomFacts? room) =>
        token.Role == AccessRole.Platform || Owns(token, MerchantScopes.Publish, room);

    /// <summary>A merchant's own things under <c>/v1/merchants/{merchantId}</c> that <paramref name="scope"/> covers.</summary>
    public static bool CanActFor(AccessToken token, MerchantScopes scope, string merchantId) =>
        token.Role == AccessRole.Platform || (HasScope(token, scope) && token.Merchant == merchantId);

    /// <summary>
    /// Show something of <paramref name="merchantId"/> in a room: the merchant itself, in its own rooms and in every room of
    /// a co-host session that it takes part in. <paramref name="sessionMerchants"/>: the merchants of the room's active session.
    /// </summary>
    public static bool CanShowInRoom(
        AccessToken token, MerchantScopes scope, string merchantId, RoomFacts? room, IReadOnlyCollection<string> sessionMerchants)
    {
        if (token.Role == AccessRole.Platform)
        {
            return true;
        }

        return HasScope(token, scope) && token.Merchant == merchantId
            && (room is null || room.Value.MerchantId == merchantId || sessionMerchants.Contains(merchantId));
    }

    /// <summary>Take part in a co-host session: the platform, or one of its merchants (<paramref name="merchants"/> null: not known yet).</summary>
    public static bool CanCoHost(AccessToken token, IReadOnlyCollection<string>? merchants) =>
        token.Role == AccessRole.Platform
        || (HasScope(token, MerchantScopes.CoHost) && (merchants is null || merchants.Contains(token.Merchant!)));

    /// <summary>Move a room's viewers elsewhere: the platform, or the merchant whose room it is. Where to is the call's matter.</summary>
    public static bool CanHandOff(AccessToken token, RoomFacts? room) =>
        token.Role == AccessRole.Platform || Owns(token, MerchantScopes.CoHost, room);

    /// <summary>Report orders, create merchants and guide codes.</summary>
    public static bool IsPlatform(AccessToken token) => token.Role == AccessRole.Platform;

    /// <summary>
    /// Webhooks: the platform all of them, a merchant those that tell its own events. <paramref name="merchantId"/> null with
    /// <paramref name="exists"/>: a webhook for everybody's events, which is the platform's.
    /// </summary>
    public static bool CanManageWebhook(AccessToken token, bool exists, string? merchantId) =>
        token.Role == AccessRole.Platform
        || (HasScope(token, MerchantScopes.Audit) && (!exists || merchantId == token.Merchant));

    /// <summary>Calls of the node's operator under <c>/v1</c>.</summary>
    public static bool CanOperate(AccessToken token) => token.Role is AccessRole.Operator or AccessRole.Platform;

    /// <summary>Protected <c>/metrics</c>.</summary>
    public static bool CanReadMetrics(AccessToken token) => token.Role == AccessRole.Operator;

    private static bool Owns(AccessToken token, MerchantScopes scope, RoomFacts? room) =>
        HasScope(token, scope) && (room is null || room.Value.MerchantId == token.Merchant);

    private static bool HasScope(AccessToken token, MerchantScopes scope) =>
        token.Role == AccessRole.Merchant && (token.Scopes & scope) == scope;
}
