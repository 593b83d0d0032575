using System.Text.Json;

namespace MediaRelay.LoadGenerator.Janus;

/// <summary>
/// One message of Janus, as its HTTP API gives it: the answer to a request, or an event out of a long poll. What a message lacks is
/// null; names that we do not need are passed over.
/// </summary>
internal sealed record JanusMessage
{
    /// <summary>A poll brings as many as it asked for; more than this is not Janus.</summary>
    public const int MaxMessages = 1_000;

    /// <summary><c>janus</c>: what kind of message it is.</summary>
    public required string Kind { get; init; }

    /// <summary>Of the request that it answers.</summary>
    public string? Transaction { get; init; }

    /// <summary>The handle that it is about.</summary>
    public ulong? Sender { get; init; }

    /// <summary><c>data.id</c>: the session or handle that was made.</summary>
    public ulong? CreatedId { get; init; }

    /// <summary>The VideoRoom's room, where it names one.</summary>
    public ulong? Room { get; init; }

    /// <summary>The VideoRoom's own id of a publisher who joined.</summary>
    public ulong? Feed { get; init; }

    /// <summary>What Janus, or its plugin, says is wrong; null when nothing is.</summary>
    public JanusError? Error { get; init; }

    /// <summary>An offer or answer.</summary>
    public string? Sdp { get; init; }

    /// <summary>Why a peer connection ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Reads a body: one message, or an array of them as a long poll gives it. False when it is neither.</summary>
    public static bool TryReadAll(ReadOnlyMemory<byte> json, out List<JanusMessage> messages)
    {
        messages = [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return TryReadAll(document.RootElement, messages);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadAll(JsonElement root, List<JanusMessage> messages)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            return TryAdd(root, messages);
        }

        if (root.GetArrayLength() > MaxMessages)
        {
            return false;
        }

        foreach (var element in root.EnumerateArray())
        {
            if (!TryAdd(element, messages))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryAdd(JsonElement element, List<JanusMessage> messages)
    {
        if (Text(element, "janus") is not { } kind)
        {
            return false;
        }

        var plugin = Member(Member(element, "plugindata"), "data");
        messages.Add(new JanusMessage
        {
            Kind = kind,
            Transaction = Text(element, "transaction"),
            Sender = Number(element, "sender"),
            CreatedId = Number(Member(element, "data"), "id"),
            Room = Number(plugin, "room"),
            Feed = Number(plugin, "id"),
            Error = ReadError(Member(element, "error"), "code", "reason") ?? ReadError(plugin, "error_code", "error"),
            Sdp = Text(Member(element, "jsep"), "sdp"),
            Reason = Text(element, "reason"),
        });
        return true;
    }

    private static JanusError? ReadError(JsonElement element, string code, string reason) =>
        Number(element, code) is { } number ? new JanusError((int)Math.Min(number, int.MaxValue), Text(element, reason)) : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static ulong? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } member && member.TryGetUInt64(out var number) ? number : null;
}
