using System.Text.Json.Nodes;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class ViewersTalkWhileOrdersComeTests(Stage stage, ITestOutputHelper output)
{
    private const int Listeners = 4;
    private const int Orders = 300;

    // [1, "receipt", 0, 0, nil, {"seq": 1}]
    private static readonly byte[] Receipt = [0x96, 1, 0xA7, .. "receipt"u8, 0, 0, 0xC0, 0x81, 0xA3, .. "seq"u8, 1];

    [Fact]
    public Task Purchases_WhileTheirViewersTalk_ReachEveryWebSocket() => stage.PlayAsync(output, async scene =>
    {
        var token = Tokens.Mint(AccessRole.Viewer, "talker", room: scene.RoomA);
        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners)
            .Select(_ => OverlayListener.ConnectAsync(scene.Server.Address, scene.RoomA, token)));
        await Task.WhenAll(listeners.Select(listener => UntilAsync(listener, messages => messages.Count > 0)));

        using var ordered = new CancellationTokenSource();
        var talking = listeners.Select(listener => TalkAsync(listener, ordered.Token)).ToList();
        try
        {
            // Bounded: a publisher that waits for a viewer, who waits for the publisher, would hold the orders back for ever.
            await SubmitAsync(scene).WaitAsync(Picture.Longest);
        }
        finally
        {
            await ordered.CancelAsync();
        }

        await Task.WhenAll(talking);
        await Task.WhenAll(listeners.Select(listener => UntilAsync(listener, messages => messages.Sum(CountPurchases) == Orders)));
        foreach (var listener in listeners)
        {
            var numbers = listener.Messages.Where(message => CountPurchases(message) > 0).Select(message => message[2]!.GetValue<long>()).ToList();
            Assert.Equal(numbers.Order().Distinct(), numbers);
            await listener.DisposeAsync();
        }
    });

    private static Task SubmitAsync(Scene scene) => Parallel.ForEachAsync(
        Enumerable.Range(0, Orders),
        new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (i, _) => await scene.Platform.PostAsync(
            "/v1/orders", Scene.Order($"talk-{i}", scene.MerchantA, Scene.ItemOfA, scene.RoomA, "talker"), 201));

    private static Task TalkAsync(OverlayListener listener, CancellationToken stop) => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested)
        {
            await listener.SendAsync(Receipt);
        }
    });

    private static Task<IReadOnlyList<JsonArray>> UntilAsync(OverlayListener listener, Func<IReadOnlyList<JsonArray>, bool> condition) =>
        Wait.UntilAsync("the WebSocket's messages", Picture.Longest, () => Task.FromResult(listener.Messages), condition);

    /// <summary>Purchases in a message: many at once share one.</summary>
    private static int CountPurchases(JsonArray message) =>
        message[1]!.GetValue<string>() != "purchase" ? 0 : message[5]!["items"] is JsonArray items ? items.Count : 1;
}
