using MediaRelay.Commerce.CoHosting;
using MediaRelay.Server.CoHosting;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class LayoutScriptTests
{
    private static readonly CoHostLayout Side = Named("side-by-side");
    private static readonly CoHostLayout Top = Named("top-bottom");
    private static readonly CoHostLayout Strip = Named("main-strip");

    private readonly LayoutScript _script = new(CoHostLayout.Auto);

    [Fact]
    public void Read_BeforeALayoutsTime_GivesTheOneBeforeAndSaysWhatFollows()
    {
        Assert.True(_script.TryAdd(now: 100, Side, at: 500));
        Assert.True(_script.TryAdd(now: 100, Top, at: 300));
        Assert.Equal(CoHostLayout.Auto, _script.Read(299).Present);
        Assert.Equal([(300L, Top), (500L, Side)], _script.Read(299).Following);
        Assert.Equal(Top, _script.Read(300).Present);
        Assert.Equal([(500L, Side)], _script.Read(300).Following);
        Assert.Equal(Side, _script.Read(10_000).Present);
        Assert.Empty(_script.Read(10_000).Following);
    }

    [Fact]
    public void TryAdd_AtOnce_LeavesWhatWaits()
    {
        _script.TryAdd(now: 100, Side, at: 500);
        _script.TryAdd(now: 200, Strip, at: null);
        Assert.Equal(Strip, _script.Read(200).Present);
        Assert.Equal([(500L, Side)], _script.Read(200).Following);
    }

    [Fact]
    public void TryAdd_TooMany_LeavesOutThoseWithATime()
    {
        for (var i = 0; i < LayoutScript.Capacity; i++)
        {
            Assert.True(_script.TryAdd(now: 0, Side, at: 1_000 + i));
        }

        Assert.False(_script.TryAdd(now: 0, Top, at: 5_000));
        Assert.True(_script.TryAdd(now: 10, Strip, at: null));
        Assert.Equal(Strip, _script.Read(20).Present);
        Assert.Equal(LayoutScript.Capacity, _script.Read(20).Following.Count);
    }

    private static CoHostLayout Named(string name) => CoHostLayout.Named(name).TryGet(out var layout, out _) ? layout : CoHostLayout.Auto;
}
