using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class EventsOnBothWaysTests(Stage stage, ITestOutputHelper output)
{
    private static readonly string[] NeverShed = ["shelf", "spotlight", "purchase", "coupon"];

    [Fact]
    public Task WebSocketAndDataChannel_OfOneRoom_CarryTheSameMessages() => stage.PlayAsync(output, async scene =>
    {
        var token = Tokens.Mint(AccessRole.Viewer, "listener", room: scene.RoomA);
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        await using var listener = await OverlayListener.ConnectAsync(scene.Server.Address, scene.RoomA, token);
        await UntilAsync(listener, messages => messages.Count > 0);
        var snapshot = listener.Messages[0];
        Assert.Equal("snapshot", TypeOf(snapshot));
        Assert.Equal("listener", snapshot[5]!["viewerId"]!.GetValue<string>());

        await CauseMessagesAsync(scene);
        await viewer.UntilMessageAsync("purchase", _ => true);
        await UntilAsync(listener, messages => messages.Any(message => TypeOf(message) == "purchase"));
        var shown = await viewer.ReadMessagesAsync();
        AssertSameSnapshot(shown[0], snapshot);
        var onChannel = shown.Select(ToEnvelope).Where(IsNeverShed).ToList();
        var onSocket = listener.Messages.Where(IsNeverShed).ToList();
        Assert.Equal(NeverShed.Order(), onSocket.Select(TypeOf).Distinct().Order());
        AssertSame(onChannel, onSocket);

        await using var resumed = await OverlayListener.ConnectAsync(scene.Server.Address, scene.RoomA, token, SeqOf(onSocket[0]));
        await UntilAsync(resumed, messages => messages.Any(message => TypeOf(message) == "purchase"));
        Assert.DoesNotContain("snapshot", resumed.Messages.Select(TypeOf));
        AssertSame(onSocket.Skip(1).ToList(), resumed.Messages.Where(IsNeverShed).ToList());

        await using var lost = await OverlayListener.ConnectAsync(scene.Server.Address, scene.RoomA, token, after: int.MaxValue);
        await UntilAsync(lost, messages => messages.Count > 0);
        Assert.Equal("snapshot", TypeOf(lost.Messages[0]));
    });

    /// <summary>One message of each type, the purchase last.</summary>
    private static async Task CauseMessagesAsync(Scene scene)
    {
        var merchant = scene.Server.Merchant(scene.MerchantA);
        await merchant.PutAsync(
            $"/v1/merchants/{scene.MerchantA}/shelf/{Scene.ItemOfA}", new { title = "tea", priceMinor = 8800, currency = "CNY", stock = 7 });
        await merchant.PutAsync($"/v1/rooms/{scene.RoomA}/spotlight/{scene.MerchantA}", new { itemId = Scene.ItemOfA });
        await merchant.PostAsync(
            $"/v1/rooms/{scene.RoomA}/overlays",
            new { type = "coupon", merchantId = scene.MerchantA, body = new { couponId = "c1", title = "Tea · 茶", amountMinor = 500 } },
            202);
        await scene.Platform.PostAsync("/v1/orders", Scene.Order("both-ways", scene.MerchantA, Scene.ItemOfA, scene.RoomA, "ann"), 201);
    }

    private static Task<IReadOnlyList<JsonArray>> UntilAsync(OverlayListener listener, Func<IReadOnlyList<JsonArray>, bool> condition) =>
        Wait.UntilAsync("the WebSocket's messages", Picture.Longest, () => Task.FromResult(listener.Messages), condition);

    private static string TypeOf(JsonArray message) => message[1]!.GetValue<string>();

    private static long SeqOf(JsonArray message) => message[2]!.GetValue<long>();

    private static bool IsNeverShed(JsonArray message) => NeverShed.Contains(TypeOf(message));

    /// <summary>A message as the page keeps it, in the form of the wire.</summary>
    private static JsonArray ToEnvelope(JsonElement message) =>
    [
        message.GetProperty("version").GetInt64(),
        message.GetProperty("type").GetString(),
        message.GetProperty("seq").GetInt64(),
        message.GetProperty("sentAt").GetInt64(),
        message.TryGetProperty("mediaTime", out var mediaTime) ? mediaTime.GetInt64() : null,
        JsonNode.Parse(message.GetProperty("body").GetRawText()),
    ];

    private static void AssertSame(List<JsonArray> expected, List<JsonArray> actual)
    {
        Assert.Equal(expected.Select(SeqOf), actual.Select(SeqOf));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.True(JsonNode.DeepEquals(one, other), $"{one.ToJsonString()} and {other.ToJsonString()}");
        }
    }

    private static void AssertSameSnapshot(JsonElement onChannel, JsonArray onSocket)
    {
        Assert.Equal("snapshot", onChannel.GetProperty("type").GetString());
        var (one, other) = (JsonNode.Parse(onChannel.GetProperty("body").GetRawText())!.AsObject(), onSocket[5]!.DeepClone().AsObject());

        // Each is told its own identity.
        one.Remove("viewerId");
        other.Remove("viewerId");
        Assert.True(JsonNode.DeepEquals(one, other), $"{one.ToJsonString()} and {other.ToJsonString()}");
    }
}
