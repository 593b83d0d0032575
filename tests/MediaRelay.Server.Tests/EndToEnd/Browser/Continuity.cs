namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>Holds a viewer to what must not change while hosts, mixes and slates come and go: track, negotiation, flow of frames.</summary>
internal sealed class Continuity
{
    /// <summary>Longest time in ms between two frames.</summary>
    public const double LongestGap = 500;

    // So many show that the picture still moves when everything is over.
    private const int FramesAfterwards = 5;

    private readonly Picture _picture;
    private readonly PictureState _before;

    private Continuity(Picture picture, PictureState before)
    {
        _picture = picture;
        _before = before;
    }

    /// <summary>Takes the present state as the one to be kept.</summary>
    public static async Task<Continuity> ExpectAsync(Picture picture) => new(picture, await picture.ReadAsync());

    /// <summary>Fails unless nothing was negotiated since, the tracks are the same, no frame came late and none was black.</summary>
    /// <returns>The frames in between, oldest first.</returns>
    public async Task<IReadOnlyList<ShownFrame>> CheckAsync()
    {
        var count = (await _picture.ReadAsync()).FrameCount;
        var now = await Wait.UntilAsync("more frames", Picture.Longest, _picture.ReadAsync, state => state.FrameCount >= count + FramesAfterwards);
        Assert.Equal("connected", now.Connection);
        Assert.Equal(_before.Connections, now.Connections);
        Assert.Equal(_before.LocalDescriptions, now.LocalDescriptions);
        Assert.Equal(_before.NegotiationsNeeded, now.NegotiationsNeeded);
        Assert.Equal(_before.TracksAnnounced, now.TracksAnnounced);
        Assert.Equal(_before.Tracks, now.Tracks);

        var frames = await _picture.ReadFramesAsync(_before.FrameCount - 1);
        Assert.DoesNotContain(frames, frame => frame.IsBlack);
        var (before, after) = LongestPause(frames);
        Assert.True(
            after.At - before.At <= LongestGap,
            $"{after.At - before.At:F0} ms without a frame ({after.Presented - before.Presented - 1} unseen): {before} … {after}");
        Assert.True(now.At - frames[^1].At <= LongestGap, $"The last frame was shown {now.At - frames[^1].At:F0} ms ago: {frames[^1]}");
        return frames;
    }

    /// <summary>The two frames with the longest time between them.</summary>
    public static (ShownFrame Before, ShownFrame After) LongestPause(IReadOnlyList<ShownFrame> frames) =>
        frames.Zip(frames.Skip(1)).MaxBy(pair => pair.Second.At - pair.First.At);
}
