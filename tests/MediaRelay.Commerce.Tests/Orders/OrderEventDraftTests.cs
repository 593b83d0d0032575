using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;

namespace MediaRelay.Commerce.Tests.Orders;

public sealed class OrderEventDraftTests
{
    private static readonly DateTimeOffset Now = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);
    private static readonly OrderLineDraft Line = new(1, "m", "i", 1, 100, "CNY");
    private static readonly OrderEventDraft Draft = new("o1", [Line], "r", "v", "paid", Now, "e1", "code", "token");

    public static TheoryData<OrderEventDraft, string> BadDrafts => new()
    {
        { Draft with { OrderId = null }, "orderId" },
        { Draft with { OrderId = "a b" }, "orderId" },
        { Draft with { EventId = "a b" }, "eventId" },
        { Draft with { Kind = "sold" }, "kind" },
        { Draft with { Kind = "Paid" }, "kind" },
        { Draft with { RoomId = "" }, "roomId" },
        { Draft with { ViewerId = null }, "viewerId" },
        { Draft with { OccurredAt = null }, "occurredAt" },
        { Draft with { OccurredAt = Now + TimeSpan.FromDays(2) }, "occurredAt" },
        { Draft with { ShareCode = "?" }, "shareCode" },
        { Draft with { ClickToken = new string('x', 1025) }, "clickToken" },
        { Draft with { Lines = null }, "lines" },
        { Draft with { Lines = [] }, "lines" },
        { Draft with { Lines = [.. Enumerable.Range(0, 201).Select(i => Line with { LineNo = i })] }, "lines" },
        { Draft with { Lines = [Line, null] }, "lines[1]" },
        { Draft with { Lines = [Line, Line] }, "lines[1].lineNo" },
        { Draft with { Lines = [Line with { LineNo = null }] }, "lines[0].lineNo" },
        { Draft with { Lines = [Line with { MerchantId = null }] }, "lines[0].merchantId" },
        { Draft with { Lines = [Line with { ItemId = "/" }] }, "lines[0].itemId" },
        { Draft with { Lines = [Line with { Quantity = 0 }] }, "lines[0].quantity" },
        { Draft with { Lines = [Line with { AmountMinor = -1 }] }, "lines[0].amountMinor" },
        { Draft with { Lines = [Line with { AmountMinor = Money.MaxMinor + 1 }] }, "lines[0].amountMinor" },
        { Draft with { Lines = [Line with { Currency = "RMB1" }] }, "lines[0].currency" },
    };

    [Theory]
    [MemberData(nameof(BadDrafts))]
    public void Check_FieldOutsideItsRule_BadRequestThatNamesIt(OrderEventDraft draft, string field)
    {
        var problem = draft.Check(Now).Problem!;

        Assert.Equal((ProblemKind.BadRequest, field), (problem.Kind, problem.Field));
        Assert.False(string.IsNullOrEmpty(problem.Allowed));
    }

    [Fact]
    public void Check_Good_LinesInOrderOfNumber()
    {
        var orderEvent = (Draft with { Lines = [Line with { LineNo = 7 }, Line] }).Check(Now).Value;

        Assert.Equal([1, 7], orderEvent.Lines.Select(line => line.LineNo));
        Assert.Equal((OrderKind.Paid, EventId.Parse("e1")), (orderEvent.Kind, orderEvent.EventId!.Value));
    }

    [Fact]
    public void Check_RefundOfMoneyAlone_QuantityZeroAllowed()
    {
        var refund = Draft with { Kind = "refunded", Lines = [Line with { Quantity = 0 }] };

        Assert.True(refund.Check(Now).IsSuccess);
    }

    [Fact]
    public void Codec_WrittenThenRead_SameEventAndSameBytes()
    {
        var orderEvent = (
            Draft with { Lines = [Line, Line with { LineNo = 2, Quantity = 1_000_000, AmountMinor = Money.MaxMinor }] }).Check(Now).Value;
        var encoded = OrderEventCodec.Encode(orderEvent);

        var decoded = OrderEventCodec.Decode(encoded);

        Assert.Equal(orderEvent.Lines.ToArray(), decoded.Lines.ToArray());
        Assert.Equal(orderEvent with { Lines = [] }, decoded with { Lines = [] });
        Assert.Equal(encoded, OrderEventCodec.Encode(decoded));
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.Throws<FormatException>(() => OrderEventCodec.Decode(encoded.AsSpan(0, length)));
        }
    }
}
