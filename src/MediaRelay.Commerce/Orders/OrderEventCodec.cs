using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Orders;

/// <summary>
/// An order event as bytes: what stores keep, and what decides whether a repeat has the same content (equal events have
/// equal bytes, because lines are in order of number and times in UTC microseconds).
/// <code>
/// [1, orderId, eventId|nil, kind, roomId, viewerId, occurredAt µs, shareCode|nil, clickToken|nil,
///  [[lineNo, merchantId, itemId, quantity, amountMinor, currency], …]]
/// </code>
/// </summary>
public static class OrderEventCodec
{
    private const int Version = 1;
    private const int FieldCount = 10;
    private const int LineFieldCount = 6;

    public static byte[] Encode(OrderEvent orderEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(FieldCount);
        writer.WriteInteger(Version);
        writer.WriteString(orderEvent.OrderId.Value);
        writer.WriteStringOrNil(orderEvent.EventId?.Value);
        writer.WriteInteger((int)orderEvent.Kind);
        writer.WriteString(orderEvent.RoomId.Value);
        writer.WriteString(orderEvent.ViewerId.Value);
        writer.WriteInteger(UnixMicros.Of(orderEvent.OccurredAt));
        writer.WriteStringOrNil(orderEvent.ShareCode?.Value);
        writer.WriteStringOrNil(orderEvent.ClickToken);
        writer.WriteArrayHeader(orderEvent.Lines.Length);
        foreach (var line in orderEvent.Lines)
        {
            writer.WriteArrayHeader(LineFieldCount);
            writer.WriteInteger(line.LineNo);
            writer.WriteString(line.Item.MerchantId.Value);
            writer.WriteString(line.Item.ItemId.Value);
            writer.WriteInteger(line.Quantity);
            writer.WriteInteger(line.Amount.Minor);
            writer.WriteString(line.Amount.Currency);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The event that <see cref="Encode"/> wrote; throws <see cref="FormatException"/> for anything else.
    /// </summary>
    public static OrderEvent Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new MessagePackReader(encoded);
        if (!reader.TryReadArrayHeader(out var fields) || fields != FieldCount || ReadInteger(ref reader) != Version)
        {
            throw new FormatException("The stored order event has an unknown version.");
        }

        var orderId = OrderId.Parse(ReadText(ref reader));
        EventId? eventId = ReadTextOrNull(ref reader) is { } eventText ? EventId.Parse(eventText) : null;
        var kind = (OrderKind)ReadInteger(ref reader);
        var roomId = RoomId.Parse(ReadText(ref reader));
        var viewerId = ViewerId.Parse(ReadText(ref reader));
        var occurredAt = UnixMicros.ToTime(ReadInteger(ref reader));
        ShareCode? shareCode = ReadTextOrNull(ref reader) is { } codeText ? ShareCode.Parse(codeText) : null;
        var clickToken = ReadTextOrNull(ref reader);
        if (!reader.TryReadArrayHeader(out var count))
        {
            throw new FormatException("The stored order event has no lines.");
        }

        var lines = ImmutableArray.CreateBuilder<OrderLine>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(out var lineFields) || lineFields != LineFieldCount)
            {
                throw new FormatException("A line of the stored order event is malformed.");
            }

            var lineNo = (int)ReadInteger(ref reader);
            var item = new ItemKey(MerchantId.Parse(ReadText(ref reader)), ItemId.Parse(ReadText(ref reader)));
            var quantity = ReadInteger(ref reader);
            lines.Add(new OrderLine(lineNo, item, quantity, new Money(ReadInteger(ref reader), ReadText(ref reader))));
        }

        return new OrderEvent(
            orderId, eventId, kind, lines.MoveToImmutable(), roomId, viewerId, occurredAt, shareCode, clickToken);
    }

    private static long ReadInteger(ref MessagePackReader reader) =>
        reader.TryReadInt64(out var value)
            ? value
            : throw new FormatException("The stored order event lacks a number.");

    private static string ReadText(ref MessagePackReader reader) =>
        reader.TryReadUtf8(out var utf8)
            ? Encoding.UTF8.GetString(utf8)
            : throw new FormatException("The stored order event lacks a text.");

    private static string? ReadTextOrNull(ref MessagePackReader reader) =>
        reader.TryReadNil() ? null : ReadText(ref reader);
}
