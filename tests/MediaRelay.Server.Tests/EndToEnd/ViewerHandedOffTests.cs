using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class ViewerHandedOffTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task Viewer_HandedOffToAnotherRoom_SeesHearsAndReadsItOnTheSameConnection() => stage.PlayAsync(output, async scene =>
    {
        await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomA, "bob"));
        foreach (var viewer in viewers)
        {
            await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
            await viewer.Picture.UntilHearsAsync(true, false);
        }

        var (ann, bob) = (viewers[0], viewers[1]);
        var continuity = await Task.WhenAll(viewers.Select(viewer => Continuity.ExpectAsync(viewer.Picture)));
        var ordered = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        var answer = await scene.Platform.PostAsync(
            $"/v1/rooms/{scene.RoomA}/hand-offs", new { toRoomId = scene.RoomB, viewerIds = new[] { ann.ViewerId } }, 202);
        Assert.Equal(1, answer.GetProperty("viewers").GetInt32());
        await ann.Picture.UntilSeesAsync(Colour.Blue, Colour.Blue);
        await ann.Picture.UntilHearsAsync(false, true);

        var handOff = await ann.UntilMessageAsync("handOff", _ => true);
        Assert.Equal(scene.RoomB, handOff.GetProperty("body").GetProperty("toRoomId").GetString());
        await ann.UntilMessageAsync("snapshot", message => message.GetProperty("body").GetProperty("roomId").GetString() == scene.RoomB);
        Assert.EndsWith($"/watch/{scene.RoomB}", new Uri(ann.Page.Url).AbsolutePath, StringComparison.Ordinal);
        await scene.Platform.PostAsync(
            "/v1/orders", Scene.Order($"moved-{scene.RoomB}", scene.MerchantB, Scene.ItemOfB, scene.RoomB, ann.ViewerId), 201);
        await ann.UntilMessageAsync("purchase", _ => true);

        // Who stays notices nothing.
        await bob.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        Assert.Empty(await bob.ReadMessagesAsync("handOff"));
        Assert.Empty(await bob.ReadMessagesAsync("purchase"));
        await continuity[1].CheckAsync();

        var frames = await continuity[0].CheckAsync();
        var (before, after) = Continuity.LongestPause(frames);
        Figures.Print(output, "hand-off, order to first frame of the other room", frames.First(frame => frame.Above == Colour.Blue).At - ordered, "ms");
        Figures.Print(output, "longest time without a frame around the hand-off", after.At - before.At, "ms");
    });
}
