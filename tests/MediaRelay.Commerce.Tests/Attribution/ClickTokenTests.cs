using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Attribution;

public sealed class ClickTokenTests
{
    private static readonly ClickTokens Tokens = new(new byte[ClickTokens.KeyLength]);

    [Fact]
    public void TryVerify_OwnToken_SameFacts()
    {
        var full = new ClickFacts(
            RoomA, ItemB1, Viewer, CoHostId.Parse("c"), ShareCode.Parse("s"), 42, 90_000,
            UnixMicros.ToTime(1592308800123456), "coupon", B, A);
        var bare = full with
        {
            CoHostId = null, ShareCode = null, OverlaySeq = null, MediaTime = null, OverlayType = null, TileOwner = null,
            Speaker = null,
        };

        foreach (var facts in new[] { full, bare })
        {
            Assert.True(Tokens.TryVerify(Tokens.Sign(facts), out var verified));
            Assert.Equal(facts, verified);
        }
    }

    [Fact]
    public void TryVerify_AnyCharacterChangedOrCutOff_False()
    {
        var token = Tokens.Sign(
            new ClickFacts(RoomA, ItemB1, Viewer, null, null, null, null, DateTimeOffset.UnixEpoch));
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'Q' : 'A') + token[(i + 1)..];
            Assert.False(Tokens.TryVerify(changed, out _));
            Assert.False(Tokens.TryVerify(token[..i], out _));
        }

        Assert.False(Tokens.TryVerify("no token!", out _));
        Assert.False(new ClickTokens([.. Enumerable.Repeat((byte)1, 32)]).TryVerify(token, out _));
    }

    [Fact]
    public async Task Submit_WithGenuineToken_OverlayAndMediaTimeOfTheClick()
    {
        await using var night = await SaleNight.OpenAsync(mediaTime: (_, _) => 777);
        var session = await night.CoHostAsync();
        var click = night.Service.DescribeClick(
            night.Now, RoomA, Viewer, ItemB1, (42, "spotlight"), new LiveMoment(90_000, A), tileOwner: B).Value;
        var token = night.Service.SignClick(click);
        await night.Service.EndCoHostAsync(night.Now, session.Id, Commerce.CoHosting.Actor.Platform);
        night.Now += TimeSpan.FromMinutes(3);

        var records = (await night.SubmitAsync(
            night.Event(
                "o1", OrderKind.Paid, RoomA, Line(1, ItemB1),
                Line(2, ItemA1)) with { ClickToken = token })).Value.Records;

        Assert.Equal(
            (ClickEvidence.Genuine, 42L, 90_000L, session.Id),
            (records[0].Click, records[0].OverlaySeq, records[0].MediaTime, records[0].CoHostId!.Value));
        Assert.Equal(
            ("spotlight", B, A, (DateTimeOffset?)click.At, A),
            (records[0].OverlayType, records[0].TileOwner!.Value, records[0].Speaker!.Value, records[0].ClickedAt,
                records[0].CarrierMerchantId!.Value));
        Assert.Equal(
            (ClickEvidence.OtherOwner, (long?)null, 777L),
            (records[1].Click, records[1].OverlaySeq, records[1].MediaTime));
    }

    [Fact]
    public async Task Submit_WithTokenThatProvesNothing_AcceptedAndSaidWhy()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        string Token(RoomId room, ViewerId viewer, ItemKey item, TimeSpan ago) => night.Service.SignClick(
            night.Service.DescribeClick(night.Now - ago, room, viewer, item, (1, null), new LiveMoment(1, null)).Value);
        var cases = new (ClickEvidence Evidence, string Token)[]
        {
            (ClickEvidence.OtherViewer, Token(RoomA, ViewerId.Parse("somebody-else"), ItemA1, TimeSpan.Zero)),
            (ClickEvidence.OtherRoom, Token(RoomB, Viewer, ItemA1, TimeSpan.Zero)),
            (ClickEvidence.OtherOwner, Token(RoomA, Viewer, ItemB1, TimeSpan.Zero)),
            (ClickEvidence.OtherItem, Token(RoomA, Viewer, ItemA2, TimeSpan.Zero)),
            (ClickEvidence.Expired, Token(RoomA, Viewer, ItemA1, TimeSpan.FromHours(12) + TimeSpan.FromSeconds(1))),
            (ClickEvidence.Expired, Token(RoomA, Viewer, ItemA1, TimeSpan.FromMinutes(-6))),
            (ClickEvidence.Genuine, Token(RoomA, Viewer, ItemA1, TimeSpan.FromHours(12))),
            (ClickEvidence.Forged, Token(RoomA, Viewer, ItemA1, TimeSpan.Zero)[..^4] + "AAAA"),
            (ClickEvidence.Forged, "garbage"),
        };

        for (var i = 0; i < cases.Length; i++)
        {
            var record = (await night.SubmitAsync(night.Event(
                $"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1)) with { ClickToken = cases[i].Token })).Value.Records[0];

            Assert.Equal(cases[i].Evidence, record.Click);
            Assert.Equal(cases[i].Evidence == ClickEvidence.Genuine, record.OverlaySeq is not null);
            Assert.Equal(A, record.Owner);
        }
    }

    [Fact]
    public async Task DescribeClick_ItemThatTheRoomDoesNotShow_Unprocessable()
    {
        await using var night = await SaleNight.OpenAsync();

        Assert.Equal(
            ProblemKind.Unprocessable,
            night.Service.DescribeClick(night.Now, RoomA, Viewer, ItemB1, null, LiveMoment.Unseen).Problem!.Kind);
    }
}
