using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class CodecsAndOffersTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task Rooms_OfDifferentCodecs_PlayAloneAndCoHost() => stage.PlayAsync(
        output,
        async scene =>
        {
            await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
            var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomB, "bob"));
            await Task.WhenAll(
                viewers[0].Picture.UntilSeesAsync(Colour.Red, Colour.Red), viewers[1].Picture.UntilSeesAsync(Colour.Blue, Colour.Blue));
            await CheckCodecsAsync(viewers);
            var continuity = await Task.WhenAll(viewers.Select(viewer => Continuity.ExpectAsync(viewer.Picture)));

            await scene.StartCoHostAsync();
            await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));
            await CheckCodecsAsync(viewers);
            await Task.WhenAll(continuity.Select(kept => kept.CheckAsync()));
        },
        codecOfA: "vp8",
        codecOfB: "h264");

    private static async Task CheckCodecsAsync(IReadOnlyList<WatchPage> viewers)
    {
        Assert.Equal("video/VP8", await viewers[0].ReadVideoCodecAsync());
        Assert.Equal("video/H264", await viewers[1].ReadVideoCodecAsync());
    }
}
