using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Tests.Api.Auth;

/// <summary>The role table of the contract, call by call: who may, for an own and for a foreign room or merchant.</summary>
public sealed class PermissionsTests
{
    private static readonly RoomFacts Own = new("acme", IsPublic: false);
    private static readonly RoomFacts OwnPublic = new("acme", IsPublic: true);
    private static readonly RoomFacts Foreign = new("zeta", IsPublic: false);

    private static readonly AccessToken Platform = Token(AccessRole.Platform);
    private static readonly AccessToken Operator = Token(AccessRole.Operator);
    private static readonly AccessToken Acme = Token(AccessRole.Merchant, merchant: "acme");
    private static readonly AccessToken Host = Token(AccessRole.Host, room: "r1");
    private static readonly AccessToken Viewer = Token(AccessRole.Viewer, room: "r1");

    public static TheoryData<string, string[]> Table => new()
    {
        // call, roles that may; merchant = the owner, host and viewer = of this room
        { "publish", ["merchant", "host"] },
        { "return", ["merchant", "host"] },
        { "watch", ["viewer"] },
        { "listen", ["platform", "merchant", "host", "viewer"] },
        { "read room", ["platform", "merchant", "host", "viewer"] },
        { "manage room", ["platform", "merchant"] },
        { "shelf", ["platform", "merchant"] },
        { "ledger", ["platform", "merchant"] },
        { "cohost", ["platform", "merchant"] },
        { "spotlight", ["platform", "merchant"] },
        { "orders", ["platform"] },
        { "operate", ["platform", "operator"] },
        { "metrics", ["operator"] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Call_OnOwnThing_IsForTheseRoles(string call, string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), WhoMay(call, "r1", Own, "acme", ["acme"]));

    [Theory]
    [InlineData("publish")]
    [InlineData("return")]
    [InlineData("watch")]
    [InlineData("listen")]
    [InlineData("read room")]
    [InlineData("manage room")]
    [InlineData("shelf")]
    [InlineData("ledger")]
    [InlineData("cohost")]
    [InlineData("spotlight")]
    public void Call_OnForeignThing_IsForThePlatformAtMost(string call) =>
        Assert.Empty(WhoMay(call, "r2", Foreign, "zeta", ["zeta", "beta"]).Except(["platform"]));

    [Fact]
    public void Watch_PublicRoom_NeedsNoToken()
    {
        Assert.True(Permissions.CanWatch(null, "r1", OwnPublic));
        Assert.True(Permissions.CanReadRoom(null, "r1", OwnPublic));
        Assert.True(Permissions.CanListen(null, "r1", OwnPublic));
        Assert.True(Permissions.CanWatch(Token(AccessRole.Viewer, room: "elsewhere"), "r1", OwnPublic));
        Assert.False(Permissions.CanPublish(Viewer, "r1", OwnPublic));
        Assert.False(Permissions.CanWatch(null, "r1", Own));
        Assert.False(Permissions.CanWatch(null, "r1", null));
        Assert.False(Permissions.CanReadRoom(null, "r1", null));
    }

    [Fact]
    public void Room_Unknown_IsRefusedOnlyToWhoCouldNeverHaveIt()
    {
        Assert.True(Permissions.CanPublish(Host, "r1", null));
        Assert.False(Permissions.CanPublish(Host, "r2", null));
        Assert.True(Permissions.CanPublish(Acme, "r2", null));
        Assert.True(Permissions.CanWatch(Viewer, "r1", null));
        Assert.False(Permissions.CanWatch(Viewer, "r2", null));
        Assert.False(Permissions.CanWatch(Host, "r1", null));
        Assert.True(Permissions.CanManageRoom(Acme, null));
        Assert.False(Permissions.CanManageRoom(Host, null));
    }

    [Theory]
    [InlineData(MerchantScopes.Publish, new[] { "publish", "return", "manage room" })]
    [InlineData(MerchantScopes.Shelf, new[] { "shelf", "spotlight" })]
    [InlineData(MerchantScopes.Audit, new[] { "ledger" })]
    [InlineData(MerchantScopes.CoHost, new[] { "cohost" })]
    [InlineData(MerchantScopes.Overlay, new[] { "overlay" })]
    [InlineData(MerchantScopes.None, new string[0])]
    internal void Merchant_WithOneScope_MayWhatItCovers(MerchantScopes scope, string[] expected)
    {
        var token = Acme with { Scopes = scope };
        string[] scoped = ["publish", "return", "manage room", "shelf", "spotlight", "ledger", "cohost", "overlay"];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            scoped.Where(call => May(call, token, "r1", Own, "acme", ["acme"])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Show_InRoomOfASession_IsForItsMerchantsOnly()
    {
        Assert.True(Permissions.CanShowInRoom(Acme, MerchantScopes.Overlay, "acme", Foreign, ["zeta", "acme"]));
        Assert.False(Permissions.CanShowInRoom(Acme, MerchantScopes.Overlay, "zeta", Foreign, ["zeta", "acme"]));
        Assert.False(Permissions.CanShowInRoom(Acme, MerchantScopes.Overlay, "zeta", Own, ["zeta", "acme"]));
        Assert.False(Permissions.CanShowInRoom(Acme, MerchantScopes.Overlay, "acme", Foreign, []));
    }

    private static IEnumerable<string> WhoMay(string call, string roomId, RoomFacts room, string merchantId, string[] session)
    {
        AccessToken[] tokens = [Platform, Operator, Acme, Host, Viewer];
        return tokens.Where(token => May(call, token, roomId, room, merchantId, session))
            .Select(token => token.Identity).Order(StringComparer.Ordinal);
    }

    private static bool May(string call, AccessToken token, string roomId, RoomFacts room, string merchantId, string[] session) => call switch
    {
        "publish" => Permissions.CanPublish(token, roomId, room),
        "return" => Permissions.CanReturn(token, roomId, room),
        "watch" => Permissions.CanWatch(token, roomId, room),
        "listen" => Permissions.CanListen(token, roomId, room),
        "read room" => Permissions.CanReadRoom(token, roomId, room),
        "manage room" => Permissions.CanManageRoom(token, room),
        "shelf" => Permissions.CanActFor(token, MerchantScopes.Shelf, merchantId),
        "ledger" => Permissions.CanActFor(token, MerchantScopes.Audit, merchantId),
        "cohost" => Permissions.CanCoHost(token, session),
        "spotlight" => Permissions.CanShowInRoom(token, MerchantScopes.Shelf, merchantId, room, session),
        "overlay" => Permissions.CanShowInRoom(token, MerchantScopes.Overlay, merchantId, room, session),
        "orders" => Permissions.IsPlatform(token),
        "operate" => Permissions.CanOperate(token),
        "metrics" => Permissions.CanReadMetrics(token),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "Not a call."),
    };

    private static AccessToken Token(AccessRole role, string? room = null, string? merchant = null) => new(
        "key", role.ToString().ToLowerInvariant(), role, room, merchant, MerchantScopes.All, DateTimeOffset.MaxValue);
}
