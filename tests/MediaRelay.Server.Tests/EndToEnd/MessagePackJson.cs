using System.Text;
using System.Text.Json.Nodes;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>MessagePack as JSON, to compare messages by value.</summary>
internal static class MessagePackJson
{
    public static JsonNode? Read(ReadOnlySpan<byte> data)
    {
        var reader = new MessagePackReader(data);
        var value = Read(ref reader);
        Assert.True(reader.IsAtEnd);
        return value;
    }

    private static JsonNode? Read(ref MessagePackReader reader)
    {
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                Assert.True(reader.TryReadNil());
                return null;
            case MessagePackType.Boolean:
                Assert.True(reader.TryReadBoolean(out var truth));
                return truth;
            case MessagePackType.Integer:
                Assert.True(reader.TryReadInt64(out var whole));
                return whole;
            case MessagePackType.Float:
                Assert.True(reader.TryReadDouble(out var number));
                return number;
            case MessagePackType.String:
                return ReadText(ref reader);
            case MessagePackType.Array:
                return ReadArray(ref reader);
            case MessagePackType.Map:
                return ReadMap(ref reader);
            default:
                throw new InvalidDataException($"Overlay messages have no {reader.NextType}.");
        }
    }

    private static string ReadText(ref MessagePackReader reader)
    {
        Assert.True(reader.TryReadUtf8(out var utf8));
        return Encoding.UTF8.GetString(utf8);
    }

    private static JsonArray ReadArray(ref MessagePackReader reader)
    {
        Assert.True(reader.TryReadArrayHeader(out var count));
        var array = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            array.Add(Read(ref reader));
        }

        return array;
    }

    private static JsonObject ReadMap(ref MessagePackReader reader)
    {
        Assert.True(reader.TryReadMapHeader(out var count));
        var map = new JsonObject();
        for (var i = 0; i < count; i++)
        {
            var key = ReadText(ref reader);
            map.Add(key, Read(ref reader));
        }

        return map;
    }
}
