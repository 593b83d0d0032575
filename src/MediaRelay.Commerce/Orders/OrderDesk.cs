using System.Collections.Immutable;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// Decides about reported order events: what is new, a repeat, a contradiction, too early or impossible; and writes
/// what follows from an accepted one. All lines of an event are accepted or none.
/// </summary>
internal sealed class OrderDesk(CommerceState state, AttributionPolicy policy, OrderFacts facts)
{
    // Far above what an order lives through; keeps one order's memory bounded.
    private const int MaxEventsPerOrder = 1000;

    /// <summary>
    /// The answer to an event; on success or quarantine the decision holds what must become durable first.
    /// </summary>
    /// <param name="eventOwner">The order that the event's id is known to belong to.</param>
    public Outcome<OrderAnswer> Submit(
        DateTimeOffset now, OrderEvent orderEvent, OrderState order, OrderId? eventOwner, Decision decision)
    {
        if (eventOwner is { } owner && owner != order.Id)
        {
            return Quarantine(
                now, orderEvent, order, decision, $"The event id '{orderEvent.EventId}' belongs to order '{owner}'.");
        }

        if (order.Find(orderEvent.Key) is { } known)
        {
            return OrderEventCodec.Encode(known.Event).AsSpan().SequenceEqual(OrderEventCodec.Encode(orderEvent))
                ? order.Answer(known, isRepeat: true)
                : Quarantine(now, orderEvent, order, decision, "The same event came before with other content.");
        }

        if (order.EventCount >= MaxEventsPerOrder)
        {
            return Problem.Unprocessable(
                $"Order '{order.Id}' has {MaxEventsPerOrder} events already.", "orderId", order.Id.Value);
        }

        if (CheckNames(orderEvent) is { } problem)
        {
            return problem;
        }

        return orderEvent.Kind switch
        {
            OrderKind.Placed or OrderKind.Paid => Sell(now, orderEvent, order, decision),
            OrderKind.Redeemed => Redeem(now, orderEvent, order, decision),
            _ => Reverse(now, orderEvent, order, decision),
        };
    }

    private Problem? CheckNames(OrderEvent orderEvent)
    {
        if (!state.Catalog.TryGetAnyRoom(orderEvent.RoomId, out _))
        {
            return Problem.Invalid(
                "roomId", orderEvent.RoomId, "a room that exists or existed", ProblemKind.Unprocessable);
        }

        for (var i = 0; i < orderEvent.Lines.Length; i++)
        {
            if (!state.Catalog.TryGetItem(orderEvent.Lines[i].Item, out _))
            {
                return Problem.Invalid(
                    $"lines[{i}].itemId", orderEvent.Lines[i].Item.ItemId,
                    $"an item that stands or stood on the shelf of merchant '{orderEvent.Lines[i].Item.MerchantId}'",
                    ProblemKind.Unprocessable);
            }
        }

        return null;
    }

    private Outcome<OrderAnswer> Sell(DateTimeOffset now, OrderEvent orderEvent, OrderState order, Decision decision)
    {
        var seen = facts.See(now, orderEvent);
        foreach (var line in orderEvent.Lines)
        {
            // Placed and paid tell the same sale twice; where they differ, somebody is wrong about money.
            var known = order.Line(line.LineNo);
            if (known?.Sold is { } sold && sold != line)
            {
                return Quarantine(
                    now, orderEvent, order, decision,
                    $"Line {line.LineNo} was sold as {sold.Quantity} × {sold.Item} for {sold.Amount}, not {line.Quantity} × {line.Item} for {line.Amount}.");
            }

            if (known is not null && known.Record.Item != line.Item)
            {
                return Quarantine(
                    now, orderEvent, order, decision,
                    $"Line {line.LineNo} was redeemed as {known.Record.Item}, not {line.Item}.");
            }
        }

        var newlySold = orderEvent.Lines.Where(line => order.Line(line.LineNo)?.Sold is null).ToList();
        var posted = new List<(AttributionRecord Record, string Currency)>(newlySold.Count);
        foreach (var line in newlySold)
        {
            var record = order.Line(line.LineNo)?.Record;
            if (record is null)
            {
                record = facts.Find(now, orderEvent, line, seen, policy.Version);
                decision.Record(new AttributionChange(record));
            }

            var opensOrder = OpensOrder(order, orderEvent, record, line.Amount.Currency, posted);
            posted.Add((record, line.Amount.Currency));
            foreach (var (merchant, kind) in policy.PostSale(record))
            {
                Post(now, orderEvent, line, record, merchant, kind, decision, opensOrder && kind == LedgerKind.Sale);
            }

            decision.Record(new OrderSumChange(line.Amount.Currency, line.Amount.Minor, 0));
        }

        var recorded = Accept(now, orderEvent, OrderEventState.Applied, seen, decision);
        ApplyWaiting(now, order, decision);
        if (newlySold.Count > 0)
        {
            decision.Announce(new PurchasesAccepted(
                now, orderEvent.RoomId, [.. state.Catalog.RoomsJoinedWith(orderEvent.RoomId)],
                [.. newlySold.Select(line => ToPurchase(line, order.Line(line.LineNo)!.Record))]));
        }

        return order.Answer(recorded, isRepeat: false);
    }

    // Whether no line of the order was sold by this owner through this code in this hour and currency before: by an earlier
    // event, or by this one's lines above.
    private static bool OpensOrder(
        OrderState order, OrderEvent orderEvent, AttributionRecord record, string currency,
        List<(AttributionRecord Record, string Currency)> posted) =>
        record.ShareCode is not null
        && !posted.Exists(other => IsSameBoardRow(other.Record, other.Currency, record, currency))
        && !order.Lines.Any(line => line.Sold is { } sold && IsSameBoardRow(line.Record, sold.Amount.Currency, record, currency)
            && Leaderboard.WindowStart(line.SoldAt) == Leaderboard.WindowStart(orderEvent.OccurredAt));

    private static bool IsSameBoardRow(AttributionRecord a, string currencyOfA, AttributionRecord b, string currencyOfB) =>
        a.Owner == b.Owner && a.ShareCode == b.ShareCode && currencyOfA == currencyOfB;

    private Outcome<OrderAnswer> Redeem(DateTimeOffset now, OrderEvent orderEvent, OrderState order, Decision decision)
    {
        var seen = facts.See(now, orderEvent);
        for (var i = 0; i < orderEvent.Lines.Length; i++)
        {
            if (order.Line(orderEvent.Lines[i].LineNo) is { } known && known.Record.Item != orderEvent.Lines[i].Item)
            {
                return Problem.Invalid(
                    $"lines[{i}].itemId", orderEvent.Lines[i].Item, $"{known.Record.Item}, as sold",
                    ProblemKind.Unprocessable);
            }
        }

        foreach (var line in orderEvent.Lines)
        {
            var record = order.Line(line.LineNo)?.Record;
            if (record is null)
            {
                record = facts.Find(now, orderEvent, line, seen, policy.Version);
                decision.Record(new AttributionChange(record));
            }

            Post(now, orderEvent, line, record, record.Owner, LedgerKind.Redemption, decision);
        }

        return order.Answer(Accept(now, orderEvent, OrderEventState.Applied, seen, decision), isRepeat: false);
    }

    private Outcome<OrderAnswer> Reverse(DateTimeOffset now, OrderEvent orderEvent, OrderState order, Decision decision)
    {
        if (!order.HasSale)
        {
            foreach (var line in orderEvent.Lines)
            {
                decision.Record(new OrderSumChange(line.Amount.Currency, -line.Amount.Minor, -line.Amount.Minor));
            }

            return order.Answer(Accept(now, orderEvent, OrderEventState.Waiting, LiveMoment.Unseen, decision), isRepeat: false);
        }

        if (CheckReversal(orderEvent, order) is { } problem)
        {
            return problem;
        }

        foreach (var line in orderEvent.Lines)
        {
            PostReversal(now, orderEvent, line, order, decision);
            decision.Record(new OrderSumChange(line.Amount.Currency, -line.Amount.Minor, 0));
        }

        return order.Answer(Accept(now, orderEvent, OrderEventState.Applied, LiveMoment.Unseen, decision), isRepeat: false);
    }

    /// <summary>Gives the cancels and refunds that came first their turn, now that a sale is there.</summary>
    private void ApplyWaiting(DateTimeOffset now, OrderState order, Decision decision)
    {
        foreach (var waiting in order.Waiting)
        {
            if (!waiting.Event.Lines.All(line => order.Line(line.LineNo)?.Sold is not null))
            {
                continue;
            }

            var problem = CheckReversal(waiting.Event, order);
            foreach (var line in waiting.Event.Lines)
            {
                if (problem is null)
                {
                    PostReversal(now, waiting.Event, line, order, decision);
                    decision.Record(new OrderSumChange(line.Amount.Currency, 0, line.Amount.Minor));
                }
                else
                {
                    decision.Record(new OrderSumChange(line.Amount.Currency, line.Amount.Minor, line.Amount.Minor));
                }
            }

            if (problem is null)
            {
                decision.Record(new OrderEventChange(waiting with { State = OrderEventState.AppliedLater }));
            }
            else
            {
                decision.Record(new OrderEventChange(waiting with { State = OrderEventState.RejectedLater }));
                decision.Record(
                    new QuarantineChange(
                        new QuarantinedEvent(state.LastQuarantineSeq + 1, waiting.Event, problem.Detail, now)));
            }
        }
    }

    private static Problem? CheckReversal(OrderEvent orderEvent, OrderState order)
    {
        for (var i = 0; i < orderEvent.Lines.Length; i++)
        {
            var line = orderEvent.Lines[i];
            if (order.Line(line.LineNo) is not { Sold: { } sold } known)
            {
                return Problem.Invalid(
                    $"lines[{i}].lineNo", line.LineNo, "a line that was sold", ProblemKind.Unprocessable);
            }

            if (line.Item != sold.Item)
            {
                return Problem.Invalid(
                    $"lines[{i}].itemId", line.Item, $"{sold.Item}, as sold", ProblemKind.Unprocessable);
            }

            if (line.Amount.Currency != sold.Amount.Currency)
            {
                return Problem.Invalid(
                    $"lines[{i}].currency", line.Amount.Currency, $"{sold.Amount.Currency}, as sold",
                    ProblemKind.Unprocessable);
            }

            var quantityLeft = sold.Quantity - known.TakenBackQuantity;
            if (line.Quantity > quantityLeft)
            {
                return Problem.Invalid(
                    $"lines[{i}].quantity", line.Quantity, $"0 to {quantityLeft}, what is left of the sale",
                    ProblemKind.Unprocessable);
            }

            var minorLeft = sold.Amount.Minor - known.TakenBackMinor;
            if (line.Amount.Minor > minorLeft)
            {
                return Problem.Invalid(
                    $"lines[{i}].amountMinor", line.Amount.Minor, $"0 to {minorLeft}, what is left of the sale",
                    ProblemKind.Unprocessable);
            }
        }

        return null;
    }

    private void PostReversal(
        DateTimeOffset now, OrderEvent orderEvent, OrderLine line, OrderState order, Decision decision)
    {
        var record = order.Line(line.LineNo)!.Record;
        var kind = orderEvent.Kind == OrderKind.Cancelled ? LedgerKind.Cancel : LedgerKind.Refund;
        Post(
            now, orderEvent,
            line with { Quantity = -line.Quantity, Amount = line.Amount with { Minor = -line.Amount.Minor } }, record,
            record.Owner, kind, decision);
    }

    private void Post(
        DateTimeOffset now, OrderEvent orderEvent, OrderLine line, AttributionRecord record, MerchantId ledger,
        LedgerKind kind, Decision decision, bool opensOrder = false)
    {
        var head = state.Head(ledger);
        var isReferral = kind == LedgerKind.Referral;
        var entry = new LedgerEntry(
            head.Seq + 1, kind, orderEvent.OrderId, line.LineNo, ledger,
            isReferral ? null : line.Item.ItemId, isReferral ? null : line.Quantity,
            isReferral ? null : line.Amount.Minor,
            isReferral ? null : line.Amount.Currency,
            record.OriginRoomId, record.CarrierRoomId, record.CoHostId, record.ShareCode, record.MediaTime,
            orderEvent.OccurredAt, now, "");
        decision.Record(new LedgerChange(entry with { Hash = LedgerHash.Next(head.Hash, entry) }, opensOrder));
    }

    private RecordedOrderEvent Accept(
        DateTimeOffset now, OrderEvent orderEvent, OrderEventState eventState, LiveMoment seen, Decision decision)
    {
        var recorded = new RecordedOrderEvent(orderEvent, eventState, state.LastOrderArrival + 1, now, seen);
        decision.Record(new OrderEventChange(recorded));
        return recorded;
    }

    private Problem Quarantine(
        DateTimeOffset now, OrderEvent orderEvent, OrderState order, Decision decision, string reason)
    {
        if (!order.IsQuarantined(OrderEventCodec.Encode(orderEvent)))
        {
            decision.Record(
                new QuarantineChange(new QuarantinedEvent(state.LastQuarantineSeq + 1, orderEvent, reason, now)));
        }

        return Problem.Conflict(
            $"{reason} It is in quarantine and has no effect.", "orderId", orderEvent.OrderId.Value);
    }

    private Purchase ToPurchase(OrderLine line, AttributionRecord record) => new(
        line.Item, state.Catalog.TryGetItem(line.Item, out var item) ? item.Title : line.Item.ItemId.Value,
        line.Quantity, line.Amount, record.OriginRoomId);
}
