using System.Text.Json.Serialization;

namespace MediaRelay.Server.Moderation;

/// <summary>What the platform is asked.</summary>
/// <param name="At">Unix time in microseconds.</param>
internal sealed record ModerationRequest(string RoomId, string ViewerId, string Text, long At, long? MediaTime);

/// <summary>What it answers.</summary>
/// <param name="Allow">False: nobody sees the comment. Missing: it is shown.</param>
/// <param name="Text">Shown in its place, 1 to 500 characters; null: as it is.</param>
internal sealed record ModerationAnswer(bool? Allow = null, string? Text = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModerationRequest))]
[JsonSerializable(typeof(ModerationAnswer))]
internal sealed partial class ModerationJson : JsonSerializerContext;
