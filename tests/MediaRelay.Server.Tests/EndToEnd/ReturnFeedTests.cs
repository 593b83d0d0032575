using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class ReturnFeedTests(Stage stage, ITestOutputHelper output)
{
    /// <summary>What of a host's own sound may come back to it, in dB against the others'.</summary>
    private const double OwnSoundBelow = -40;

    [Fact]
    public Task Host_DuringACoHost_GetsTheOthersSoundAndThePictureButNotItself() => stage.PlayAsync(output, async scene =>
    {
        var hosts = await Task.WhenAll(scene.PublishRedAsync(withReturn: true), scene.PublishBlueAsync());
        await scene.StartCoHostAsync();
        var feed = hosts[0].Return;
        await feed.BeginAsync();
        await feed.UntilSeesAsync(Colour.Red, Colour.Blue);

        // Measured once the other host is heard steadily, so that no fading in is taken for a level.
        var heard = await Wait.UntilAsync(
            "the return feed has the other host's tone alone", Picture.Longest, feed.ReadAsync,
            state => state.Hears880 && state.Level440 - state.Level880 <= OwnSoundBelow);
        Figures.Print(output, "own sound in the return feed against the other host's", heard.Level440 - heard.Level880, "dB");
    });
}
