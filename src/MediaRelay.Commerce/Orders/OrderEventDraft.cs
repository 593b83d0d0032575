using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Orders;

/// <summary>A reported event, unchecked: what stands in the request's body.</summary>
public sealed record OrderEventDraft(
    string? OrderId,
    IReadOnlyList<OrderLineDraft?>? Lines,
    string? RoomId,
    string? ViewerId,
    string? Kind,
    DateTimeOffset? OccurredAt,
    string? EventId = null,
    string? ShareCode = null,
    string? ClickToken = null)
{
    public const string AllowedKinds = "placed, paid, cancelled, refunded, redeemed";

    // A report from before the relay existed, or from next week, is a broken clock and would spoil windows and boards.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>The event, or the first field that breaks its rule.</summary>
    public Outcome<OrderEvent> Check(DateTimeOffset now)
    {
        if (!Identifiers.OrderId.TryParse(OrderId, out var orderId))
        {
            return Problem.Invalid("orderId", OrderId, Identifier.Allowed);
        }

        EventId? eventId = null;
        if (EventId is not null)
        {
            if (!Identifiers.EventId.TryParse(EventId, out var parsed))
            {
                return Problem.Invalid("eventId", EventId, Identifier.Allowed);
            }

            eventId = parsed;
        }

        if (ParseKind(Kind) is not { } kind)
        {
            return Problem.Invalid("kind", Kind, AllowedKinds);
        }

        if (!Identifiers.RoomId.TryParse(RoomId, out var roomId))
        {
            return Problem.Invalid("roomId", RoomId, Identifier.Allowed);
        }

        if (!Identifiers.ViewerId.TryParse(ViewerId, out var viewerId))
        {
            return Problem.Invalid("viewerId", ViewerId, Identifier.Allowed);
        }

        if (OccurredAt is not { } occurredAt || occurredAt < Earliest || occurredAt > now + MaxAhead)
        {
            return Problem.Invalid("occurredAt", OccurredAt?.ToString("O"), "a time between 2000 and one day from now");
        }

        ShareCode? shareCode = null;
        if (ShareCode is not null)
        {
            if (!Identifiers.ShareCode.TryParse(ShareCode, out var parsed))
            {
                return Problem.Invalid("shareCode", ShareCode, Identifier.Allowed);
            }

            shareCode = parsed;
        }

        if (ClickToken is { Length: > OrderEvent.MaxClickTokenLength })
        {
            return Problem.Invalid("clickToken", ClickToken, $"at most {OrderEvent.MaxClickTokenLength} characters");
        }

        if (!CheckLines(kind).TryGet(out var lines, out var problem))
        {
            return problem;
        }

        return new OrderEvent(
            orderId, eventId, kind, lines, roomId, viewerId, UnixMicros.Truncate(occurredAt), shareCode, ClickToken);
    }

    private Outcome<ImmutableArray<OrderLine>> CheckLines(OrderKind kind)
    {
        if (Lines is not { Count: > 0 and <= OrderEvent.MaxLines })
        {
            return Problem.Invalid("lines", Lines?.Count, $"1 to {OrderEvent.MaxLines} lines");
        }

        var lines = new List<OrderLine>(Lines.Count);
        for (var i = 0; i < Lines.Count; i++)
        {
            if (!CheckLine(kind, i, Lines[i]).TryGet(out var line, out var problem))
            {
                return problem;
            }

            if (lines.Exists(other => other.LineNo == line.LineNo))
            {
                return Problem.Invalid($"lines[{i}].lineNo", line.LineNo, "each line number once");
            }

            lines.Add(line);
        }

        lines.Sort((left, right) => left.LineNo.CompareTo(right.LineNo));
        return lines.ToImmutableArray();
    }

    private static Outcome<OrderLine> CheckLine(OrderKind kind, int index, OrderLineDraft? line)
    {
        if (line is null)
        {
            return Problem.Invalid($"lines[{index}]", null, "an object");
        }

        if (line.LineNo is not (>= 0 and <= OrderEvent.MaxLineNo))
        {
            return Problem.Invalid($"lines[{index}].lineNo", line.LineNo, $"0 to {OrderEvent.MaxLineNo}");
        }

        if (!MerchantId.TryParse(line.MerchantId, out var merchantId))
        {
            return Problem.Invalid($"lines[{index}].merchantId", line.MerchantId, Identifier.Allowed);
        }

        if (!ItemId.TryParse(line.ItemId, out var itemId))
        {
            return Problem.Invalid($"lines[{index}].itemId", line.ItemId, Identifier.Allowed);
        }

        var minimum = kind is OrderKind.Cancelled or OrderKind.Refunded ? 0 : 1;
        if (line.Quantity is not { } quantity || quantity < minimum || quantity > OrderEvent.MaxQuantity)
        {
            return Problem.Invalid($"lines[{index}].quantity", line.Quantity, $"{minimum} to {OrderEvent.MaxQuantity}");
        }

        if (line.AmountMinor is not (>= 0 and <= Money.MaxMinor))
        {
            return Problem.Invalid($"lines[{index}].amountMinor", line.AmountMinor, Money.AllowedMinor);
        }

        if (!Money.IsCurrency(line.Currency))
        {
            return Problem.Invalid($"lines[{index}].currency", line.Currency, Money.AllowedCurrency);
        }

        return new OrderLine(
            line.LineNo.Value, new ItemKey(merchantId, itemId), quantity,
            new Money(line.AmountMinor.Value, line.Currency!));
    }

    private static OrderKind? ParseKind(string? text) => text switch
    {
        "placed" => OrderKind.Placed,
        "paid" => OrderKind.Paid,
        "cancelled" => OrderKind.Cancelled,
        "refunded" => OrderKind.Refunded,
        "redeemed" => OrderKind.Redeemed,
        _ => null,
    };
}
