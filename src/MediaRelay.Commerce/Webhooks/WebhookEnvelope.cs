using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaRelay.Commerce.Webhooks.Data;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>The JSON that is sent: one event with what every event has. The bytes are kept, so each attempt sends the same.</summary>
internal static class WebhookEnvelope
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The id of an event: the same in every attempt, and never given twice.</summary>
    public static string IdOf(string webhookKey, string stream, long seq) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{webhookKey}/{stream}/{seq}");

    public static byte[] Encode(WebhookNotice notice, string id, long seq)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("type", notice.Type);
            writer.WriteString("at", notice.At);
            WriteId(writer, "roomId", notice.RoomId?.Value);
            WriteId(writer, "showId", notice.ShowId?.Value);
            WriteId(writer, "merchantId", notice.MerchantId?.Value);
            writer.WriteNumber("seq", seq);
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, notice.Data, WebhookJson.Default.GetTypeInfo(notice.Data.GetType())!);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteId(Utf8JsonWriter writer, string name, string? id)
    {
        if (id is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, id);
        }
    }
}
