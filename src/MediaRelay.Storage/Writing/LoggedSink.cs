using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MediaRelay.Storage.Writing;

/// <summary>
/// Runs the statement of one change and writes its values into the event log too, so that replay sees every row that a
/// table ever had and not only the last.
/// </summary>
/// <param name="kind">The table's name; see <see cref="Reading.EventLogReader"/>.</param>
internal sealed class LoggedSink(string kind, IStatementSink sink) : IStatementSink
{
    // The writer is one and transactions are written in order, so the numbers follow the commits.
    private const string AddToLog =
        """
        INSERT INTO event_log (seq, after_arrival, kind, content)
        SELECT coalesce((SELECT max(seq) FROM event_log), 0) + 1,
            coalesce((SELECT max(arrival) FROM order_event), 0), $1, $2
        """;

    public void Run(string sql, params ReadOnlySpan<SqlValue> values)
    {
        sink.Run(sql, values);
        sink.Run(AddToLog, kind, ToJson(values));
    }

    private static string ToJson(ReadOnlySpan<SqlValue> values)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var value in values)
        {
            if (value.IsNull)
            {
                json.WriteNullValue();
            }
            else if (value.Type == SqlType.Integer)
            {
                json.WriteNumberValue(value.Number);
            }
            else if (value.Content is byte[] bytes)
            {
                json.WriteBase64StringValue(bytes);
            }
            else
            {
                json.WriteStringValue((string)value.Content!);
            }
        }

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
