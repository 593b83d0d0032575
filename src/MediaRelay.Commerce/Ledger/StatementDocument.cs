using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace MediaRelay.Commerce.Ledger;

/// <summary>
/// A closed statement as the bytes that are handed out and digested: JSON without blanks, members in this order, times
/// in UTC with six decimals. A pure function of the statement and the entries that it covers.
/// </summary>
public static class StatementDocument
{
    /// <param name="figures">Over the entries that the statement covers.</param>
    public static byte[] Write(ClosedStatement statement, LedgerFigures figures)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("statementId", statement.Id);
            json.WriteString("merchantId", statement.MerchantId.Value);
            json.WriteString("scope", NameOf(statement.Scope));
            json.WriteString("roomId", statement.RoomId?.Value);
            json.WriteString("from", Text(statement.From));
            json.WriteString("closedAt", Text(statement.ClosedAt));
            json.WriteNumber("policyVersion", statement.PolicyVersion);
            json.WriteNumber("headSeq", statement.Head.Seq);
            json.WriteString("head", statement.Head.Hash);
            WriteCounts(json, figures);
            WriteMoney(json, figures);
            WriteItems(json, figures);
            WriteShareCodes(json, figures);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>64 lower-case hex digits.</summary>
    public static string Digest(ReadOnlySpan<byte> document) => Convert.ToHexStringLower(SHA256.HashData(document));

    public static string NameOf(StatementScope scope) => scope == StatementScope.Show ? "show" : "cohost";

    private static void WriteCounts(Utf8JsonWriter json, LedgerFigures figures)
    {
        json.WriteNumber("entries", figures.Entries);
        json.WriteNumber("orders", figures.Orders);
        json.WriteNumber("lines", figures.Lines);
        json.WriteNumber("cameFromElsewhere", figures.CameFromElsewhere);
        json.WriteNumber("referrals", figures.Referrals);
        json.WriteNumber("redemptions", figures.Redemptions);
    }

    private static void WriteMoney(Utf8JsonWriter json, LedgerFigures figures)
    {
        json.WriteStartArray("money");
        foreach (var sum in figures.Money)
        {
            json.WriteStartObject();
            json.WriteString("currency", sum.Currency);
            json.WriteNumber("grossMinor", sum.GrossMinor);
            json.WriteNumber("cancelledMinor", sum.CancelledMinor);
            json.WriteNumber("refundedMinor", sum.RefundedMinor);
            json.WriteNumber("netMinor", sum.NetMinor);
            json.WriteNumber("redeemedMinor", sum.RedeemedMinor);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteItems(Utf8JsonWriter json, LedgerFigures figures)
    {
        json.WriteStartArray("items");
        foreach (var item in figures.Items)
        {
            json.WriteStartObject();
            json.WriteString("itemId", item.ItemId.Value);
            json.WriteString("currency", item.Currency);
            json.WriteNumber("sold", item.Sold);
            json.WriteNumber("returned", item.Returned);
            json.WriteNumber("grossMinor", item.GrossMinor);
            json.WriteNumber("netMinor", item.NetMinor);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShareCodes(Utf8JsonWriter json, LedgerFigures figures)
    {
        json.WriteStartArray("shareCodes");
        foreach (var code in figures.ShareCodes)
        {
            json.WriteStartObject();
            json.WriteString("shareCode", code.ShareCode.Value);
            json.WriteString("currency", code.Currency);
            json.WriteNumber("orders", code.Orders);
            json.WriteNumber("grossMinor", code.GrossMinor);
            json.WriteNumber("netMinor", code.NetMinor);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
