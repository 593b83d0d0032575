using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// The chain's rule, so that anybody can check an export:
/// <code>
/// hash(0) = SHA-256( "mediarelay-ledger-1" ‖ text(merchantId) )
/// hash(n) = SHA-256( hash(n-1) as 32 bytes ‖ entry(n) )
/// entry   = number(seq) number(kind: sale 1, cancel 2, refund 3, redemption 4, referral 5) text(orderId)
/// number(lineNo)
///           text(merchantId) text(itemId) number(quantity) number(amountMinor) text(currency) text(originRoomId)
///           text(carrierRoomId) text(cohostId) text(shareCode) number(mediaTime) number(occurredAt µs) number(at µs)
/// number  = 0x01 and 8 bytes, two's complement, big-endian; 0x00 alone where there is none
/// text    = 0x02, 4 bytes of length, big-endian, and UTF-8; 0x00 alone where there is none
/// </code>
/// Every value says its own length, so no two different entries have the same bytes.
/// </summary>
public static class LedgerHash
{
    private const byte NothingTag = 0x00;
    private const byte NumberTag = 0x01;
    private const byte TextTag = 0x02;

    public static string Genesis(MerchantId merchantId)
    {
        var buffer = new ArrayBufferWriter<byte>(96);
        buffer.Write("mediarelay-ledger-1"u8);
        WriteText(buffer, merchantId.Value);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>
    /// The hash of an entry behind the previous one; the entry's own <see cref="LedgerEntry.Hash"/> plays no part.
    /// </summary>
    /// <param name="previousHash">64 hex digits; throws <see cref="FormatException"/> otherwise.</param>
    public static string Next(string previousHash, LedgerEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        buffer.Write(Convert.FromHexString(previousHash));
        WriteNumber(buffer, entry.Seq);
        WriteNumber(buffer, (int)entry.Kind);
        WriteText(buffer, entry.OrderId.Value);
        WriteNumber(buffer, entry.LineNo);
        WriteText(buffer, entry.MerchantId.Value);
        WriteText(buffer, entry.ItemId?.Value);
        WriteNumber(buffer, entry.Quantity);
        WriteNumber(buffer, entry.AmountMinor);
        WriteText(buffer, entry.Currency);
        WriteText(buffer, entry.OriginRoomId.Value);
        WriteText(buffer, entry.CarrierRoomId.Value);
        WriteText(buffer, entry.CoHostId?.Value);
        WriteText(buffer, entry.ShareCode?.Value);
        WriteNumber(buffer, entry.MediaTime);
        WriteNumber(buffer, UnixMicros.Of(entry.OccurredAt));
        WriteNumber(buffer, UnixMicros.Of(entry.At));
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    internal static void WriteNumber(ArrayBufferWriter<byte> buffer, long? value)
    {
        if (value is not { } number)
        {
            buffer.Write([NothingTag]);
            return;
        }

        var span = buffer.GetSpan(9);
        span[0] = NumberTag;
        BinaryPrimitives.WriteInt64BigEndian(span[1..], number);
        buffer.Advance(9);
    }

    internal static void WriteText(ArrayBufferWriter<byte> buffer, string? value)
    {
        if (value is null)
        {
            buffer.Write([NothingTag]);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        var span = buffer.GetSpan(5 + length);
        span[0] = TextTag;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
        Encoding.UTF8.GetBytes(value, span[5..]);
        buffer.Advance(5 + length);
    }
}
