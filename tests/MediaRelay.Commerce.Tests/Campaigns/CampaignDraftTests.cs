using System.Text.Json;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Tests.Campaigns;

public sealed class CampaignDraftTests
{
    private static readonly MerchantId Acme = MerchantId.Parse("acme");

    [Theory]
    [InlineData("coupon", """{"couponId":"a b"}""", "body.couponId is 'a b'; allowed: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -.")]
    [InlineData("coupon", """{"couponId":7}""", "body.couponId is '7'; allowed: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -.")]
    [InlineData("coupon", """{"couponId":"c","limit":0}""", "body.limit is '0'; allowed: a whole number from 1 to 1000000.")]
    [InlineData("coupon", """{"couponId":"c","action":"reveal"}""", "body.action is 'reveal'; allowed: open, start, close, stop.")]
    [InlineData("coupon", """{"couponId":"c","endAt":"soon"}""", "body.endAt is 'soon'; allowed: a time such as 2026-06-16T20:00:00Z, or Unix time in microseconds.")]
    [InlineData("flashSale", """{"itemId":"tea","startAt":"2026-06-16T20:00:00Z","endAt":"2026-06-16T20:00:00Z"}""", "body.endAt is '2026-06-16T20:00:00.0000000+00:00'; allowed: later than body.startAt, 2026-06-16T20:00:00.0000000+00:00.")]
    [InlineData("bargain", """{"bargainId":"b","target":1.5}""", "body.target is '1.5'; allowed: a whole number from 1 to 1000000.")]
    [InlineData("bargain", """{"bargainId":"b","startMinor":100}""", "body.floorMinor is missing; allowed: a price; both or none of startMinor and floorMinor.")]
    [InlineData("bargain", """{"bargainId":"b","startMinor":100,"floorMinor":101}""", "body.floorMinor is '101'; allowed: 0 to body.startMinor, 100.")]
    [InlineData("draw", """{"drawId":"d","prizes":201}""", "body.prizes is '201'; allowed: a whole number from 1 to 200.")]
    [InlineData("draw", """{"drawId":"d","action":"stop"}""", "body.action is 'stop'; allowed: open, close, reveal.")]
    public void Read_FieldOutsideItsRule_NamesFieldValueAndWhatIsAllowed(string type, string body, string expected)
    {
        Assert.Equal(expected, Read(type, body).Problem?.Detail);
    }

    [Theory]
    [InlineData("coupon", """{"title":"No id: it is shown and nothing more"}""")]
    [InlineData("notice", """{"couponId":"c"}""")]
    [InlineData("comment", """{"text":"hi"}""")]
    public void Read_WithoutAnId_IsNoCampaign(string type, string body) => Assert.Null(Read(type, body).Value);

    [Fact]
    public void Read_TimesInBothForms_AreTheSameInstant()
    {
        var text = Read("flashSale", """{"itemId":"tea","startAt":"2026-06-16T20:00:00Z","endAt":"2026-06-17T04:00:00+08:00"}""");
        Assert.False(text.IsSuccess);
        text = Read("flashSale", """{"itemId":"tea","startAt":"2026-06-16T20:00:00Z","endAt":"2026-06-17T04:30:00+08:00"}""");
        var number = Read("flashSale", """{"flashSaleId":"tea","startAt":1781640000000000,"endAt":1781641800000000}""");
        Assert.Equal(text.Value!.Terms, number.Value!.Terms);
        Assert.Equal(text.Value.Key, number.Value.Key);
    }

    [Fact]
    public void Read_WhatTheRelaySaysItself_IsNotThePublishersToSay()
    {
        var draft = Read("coupon", """{"couponId":"c","claimed":9,"state":"open","title":"T"}""").Value!;
        Assert.Equal("""{"couponId":"c","title":"T"}""", draft.Display);
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 967)]
    [InlineData(2, 934)]
    [InlineData(3, 900)]
    [InlineData(9, 900)]
    public void PriceAt_Helpers_FallsInEqualStepsToTheFloor(long helpers, long expected) =>
        Assert.Equal(expected, new CampaignTerms(Target: 3, StartMinor: 1000, FloorMinor: 900).PriceAt(helpers));

    private static Outcome<CampaignDraft?> Read(string type, string body) =>
        CampaignDraft.Read(type, Acme, JsonDocument.Parse(body).RootElement);
}
