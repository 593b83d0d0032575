using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Rooms;

public sealed class RoomTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PutRoom_OfAnotherMerchant_ConflictAlsoAfterDelete(bool afterDelete)
    {
        await using var night = await SaleNight.OpenAsync();
        if (afterDelete)
        {
            _ = (await night.Service.DeleteRoomAsync(night.Now, RoomA)).Value;
        }

        var problem = (await night.Service.PutRoomAsync(night.Now, RoomA, new RoomDraft(B, "Mine now"))).Problem!;

        Assert.Equal((ProblemKind.Conflict, "merchantId"), (problem.Kind, problem.Field));
    }

    [Fact]
    public async Task PutRoom_AgainAfterDelete_CreatedAgain()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.Service.DeleteRoomAsync(night.Now, RoomA)).Value;
        Assert.Equal(ProblemKind.NotFound, night.Service.GetRoom(RoomA).Problem!.Kind);
        Assert.Equal([RoomB], night.Service.ListRooms().Select(view => view.Room.Id));

        var put = (
            await night.Service.PutRoomAsync(
                night.Now, RoomA,
                new RoomDraft(A, "Again", RoomOrientation.Landscape, true, RoomVideoCodec.Vp8))).Value;

        Assert.True(put.IsCreated);
        Assert.True(
            put.Value.Room is { Orientation: RoomOrientation.Landscape, IsPublic: true, VideoCodec: RoomVideoCodec.Vp8 });
    }

    [Fact]
    public async Task PutRoom_UnknownMerchantOrNoTitle_Refused()
    {
        await using var night = await SaleNight.OpenAsync();
        var room = RoomId.Parse("room-c");

        Assert.Equal(
            "merchantId",
            (
                await night.Service.PutRoomAsync(
                    night.Now, room, new RoomDraft(MerchantId.Parse("x"), "T"))).Problem!.Field);
        Assert.Equal(
            "title", (await night.Service.PutRoomAsync(night.Now, room, new RoomDraft(A, null))).Problem!.Field);
    }

    [Fact]
    public async Task PutRoom_AtTheLimit_UnavailableUntilOneIsDeleted()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxRooms = 2 });
        var room = RoomId.Parse("room-c");

        Assert.Equal(
            ProblemKind.Unavailable,
            (await night.Service.PutRoomAsync(night.Now, room, new RoomDraft(A, "T"))).Problem!.Kind);
        _ = (await night.Service.DeleteRoomAsync(night.Now, RoomA)).Value;
        Assert.True((await night.Service.PutRoomAsync(night.Now, room, new RoomDraft(A, "T"))).IsSuccess);
        Assert.Equal(2, night.Service.RoomCount);
    }

    [Fact]
    public async Task StartShow_WhileOneRuns_TheSameShowAndAfterCloseANewOne()
    {
        await using var night = await SaleNight.OpenAsync();
        var first = (await night.Service.StartShowAsync(night.Now, RoomA)).Value;
        var same = (await night.Service.StartShowAsync(night.Now + TimeSpan.FromMinutes(1), RoomA)).Value;
        _ = (await night.Service.CloseRoomAsync(night.Now + TimeSpan.FromMinutes(2), RoomA)).Value;
        var next = (await night.Service.StartShowAsync(night.Now + TimeSpan.FromMinutes(3), RoomA)).Value;

        Assert.Equal(first, same);
        Assert.NotEqual(first.Id, next.Id);
        Assert.Equal(next, night.Service.GetRoom(RoomA).Value.Show);
    }
}
