using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Attribution;

public sealed class ViewerOriginsTests
{
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Set_BeyondCapacity_OldestGiveWay()
    {
        var origins = new ViewerOrigins(TimeSpan.FromHours(12), 100);
        for (var i = 0; i < 1000; i++)
        {
            origins.Set(new ViewerTouch(ViewerId.Parse($"v{i}"), RoomA, null, Start));
        }

        Assert.Equal(100, origins.Count);
        Assert.False(origins.TryGet(Start, ViewerId.Parse("v899"), out _));
        Assert.True(origins.TryGet(Start, ViewerId.Parse("v900"), out _));
    }

    [Fact]
    public async Task RecordJoin_SeveralRooms_TheFirstOfTheNightIsTheOrigin()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Service.RecordJoin(night.Now, Viewer, RoomA);
        var second = night.Service.RecordJoin(night.Now + TimeSpan.FromHours(11), Viewer, RoomB);
        var nextNight = night.Service.RecordJoin(night.Now + TimeSpan.FromHours(12), Viewer, RoomB);

        Assert.Equal((RoomA, RoomB), (second.RoomId, nextNight.RoomId));
    }

    [Fact]
    public async Task RecordJoin_Restart_TheOriginIsStillKnown()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Service.RecordJoin(night.Now, Viewer, RoomA);
        await night.ReopenAsync();

        var record = (await night.SubmitAsync("o1", OrderKind.Paid, RoomB, Line(1, ItemB1))).Value.Records[0];

        Assert.Equal((RoomA, false), (record.OriginRoomId, record.IsOriginClaimed));
    }

    [Fact]
    public async Task RecordJoin_UnknownRoom_NotAnOrigin()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Service.RecordJoin(night.Now, Viewer, RoomId.Parse("nowhere"));

        Assert.True(
            (await night.SubmitAsync("o1", OrderKind.Paid, RoomB, Line(1, ItemB1))).Value.Records[0].IsOriginClaimed);
    }
}
