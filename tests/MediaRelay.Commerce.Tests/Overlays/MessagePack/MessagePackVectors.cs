using System.Text.Json;

namespace MediaRelay.Commerce.Tests.Overlays.MessagePack;

/// <summary>
/// vectors.json: MessagePack as the npm package @msgpack/msgpack 3.1.3 encodes it (generate-vectors.mjs).
/// </summary>
internal static class MessagePackVectors
{
    private static readonly JsonDocument Document = Load();

    public static IEnumerable<JsonElement> Values => Document.RootElement.GetProperty("values").EnumerateArray();

    public static IEnumerable<JsonElement> Large => Document.RootElement.GetProperty("large").EnumerateArray();

    public static byte[] Viewer(string name) => Bytes(Document.RootElement.GetProperty("viewer").GetProperty(name));

    public static byte[] Relay(string name) => Bytes(Document.RootElement.GetProperty("relay").GetProperty(name));

    public static IEnumerable<byte[]> AllViewerMessages() =>
        Document.RootElement.GetProperty("viewer").EnumerateObject().Select(property => Bytes(property.Value));

    public static byte[] Bytes(JsonElement hex) => Convert.FromHexString(hex.GetString()!);

    private static JsonDocument Load()
    {
        using var stream = typeof(MessagePackVectors).Assembly.GetManifestResourceStream("vectors.json")!;
        return JsonDocument.Parse(stream);
    }
}
