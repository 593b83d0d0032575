using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;

namespace MediaRelay.Commerce.Tests.Interactions;

public sealed class LayoutTimelineTests : IAsyncLifetime
{
    private readonly LayoutTimeline _timeline = new();
    private SaleNight _night = null!;
    private CoHostSession _session = null!;

    private static LayoutTile[] SideBySide => [new(SaleNight.RoomA, 0, 0, 0.5, 1), new(SaleNight.RoomB, 0.5, 0, 0.5, 1)];

    private static LayoutTile[] PictureInPicture => [new(SaleNight.RoomA, 0, 0, 1, 1), new(SaleNight.RoomB, 0.6, 0.6, 0.3, 0.3, 1)];

    public async Task InitializeAsync()
    {
        _night = await SaleNight.OpenAsync();
        _session = (await _night.Service.CreateCoHostAsync(
            _night.Now, Actor.Platform,
            new CoHostRequest([SaleNight.RoomA, SaleNight.RoomB], CoHostLayout.Named("auto").Value, IsActiveAtOnce: true))).Value.Value;
    }

    public async Task DisposeAsync() => await _night.DisposeAsync();

    [Fact]
    public void TryFind_OfATap_GoesByTheLayoutThatTheViewerSaw()
    {
        _timeline.Note(1_000, _session, SideBySide);
        _timeline.Note(2_000, _session, PictureInPicture);
        _timeline.Note(3_000, null, []);

        Assert.False(_timeline.TryFind(999, SaleNight.A, 0.7, 0.7, out _));
        Assert.Equal(SaleNight.B, OwnerAt(1_000, 0.7, 0.1));
        Assert.Equal(SaleNight.B, OwnerAt(1_999, 0.7, 0.1));
        Assert.Equal(SaleNight.A, OwnerAt(2_000, 0.7, 0.1));
        Assert.Equal(SaleNight.B, OwnerAt(2_500, 0.7, 0.7));
        Assert.Equal(SaleNight.A, OwnerAt(3_000, 0.7, 0.7));
    }

    [Fact]
    public void Note_OfAChangeThatComesSoonerThanAnother_TakesItsPlace()
    {
        _timeline.Note(1_000, null, []);
        _timeline.Note(3_000, _session, PictureInPicture);
        _timeline.Note(2_000, _session, SideBySide);
        Assert.Equal(SaleNight.B, OwnerAt(2_500, 0.7, 0.1));
        Assert.Equal(SaleNight.A, OwnerAt(3_000, 0.7, 0.1));
    }

    [Fact]
    public void Note_BeyondWhatIsKept_TheOldestAreForgotten()
    {
        for (var i = 0; i <= LayoutTimeline.MaxChanges; i++)
        {
            _timeline.Note(i * 10, null, []);
        }

        Assert.False(_timeline.TryFind(5, SaleNight.A, 0.5, 0.5, out _));
        Assert.True(_timeline.TryFind(15, SaleNight.A, 0.5, 0.5, out _));
    }

    private MerchantId? OwnerAt(long mediaTime, double x, double y)
    {
        Assert.True(_timeline.TryFind(mediaTime, SaleNight.A, x, y, out var owner));
        return owner;
    }
}
