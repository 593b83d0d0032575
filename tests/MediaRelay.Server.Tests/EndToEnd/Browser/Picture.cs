using System.Text.Json;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>A video element of a page, watched frame by frame.</summary>
/// <param name="name">Names it within the page.</param>
/// <param name="expression">Script that gives the element.</param>
internal sealed class Picture(IPage page, string name, string expression)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Watches from now on; returns when the first frame was shown.</summary>
    public async Task BeginAsync()
    {
        await page.WaitForFunctionAsync($"() => ({expression})?.srcObject");
        await page.EvaluateAsync($"name => window.mediarelayProbe.monitor(name, {expression})", name);
        await Wait.UntilAsync("a frame", Longest, ReadAsync, state => state.FrameCount > 0);
    }

    public async Task<PictureState> ReadAsync() =>
        (await page.EvaluateAsync<JsonElement>("name => window.mediarelayProbe.read(name)", name)).Deserialize<PictureState>()!;

    /// <summary>All frames that were shown since it is watched, oldest first.</summary>
    public async Task<IReadOnlyList<ShownFrame>> ReadFramesAsync(int from = 0) =>
        (await page.EvaluateAsync<JsonElement>("([name, from]) => window.mediarelayProbe.framesFrom(name, from)", new object[] { name, from }))
        .Deserialize<ShownFrame[]>()!;

    /// <summary>Longest time between two shown frames from the one of this index on, in ms; the pause that is not over counts too.</summary>
    public async Task<double> ReadLongestPauseAsync(int from)
    {
        var now = await ReadAsync();
        var times = (await ReadFramesAsync(Math.Max(0, from))).Select(static frame => frame.At).Append(now.At).ToList();
        return times.Zip(times.Skip(1), static (before, after) => after - before).Max();
    }

    /// <summary>Returns when the latest frame has these colours.</summary>
    public Task<PictureState> UntilSeesAsync(Colour above, Colour below) => Wait.UntilAsync(
        $"the viewer sees {above} over {below}", Longest, ReadAsync, state => state.Sees(above, below));

    /// <summary>Returns when exactly the tones that are asked for are heard.</summary>
    public Task<PictureState> UntilHearsAsync(bool tone440, bool tone880) => Wait.UntilAsync(
        $"the viewer hears 440 Hz: {tone440}, 880 Hz: {tone880}", Longest, ReadAsync,
        state => state.Hears440 == tone440 && state.Hears880 == tone880);
}
