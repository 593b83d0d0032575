using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>viewer.joined</c>.</summary>
public sealed record ViewerJoinedData(
    string ViewerId,
    [property: Description("The room through which the viewer first came in tonight.")] string OriginRoomId,
    [property: Description("The code on this join's address.")] string? ShareCode,
    [property: Description("The code that it passes on.")] string? ParentCode,
    [property: Description("Whose code it is; null for an unknown one.")] string? GuideId) : WebhookData;

/// <summary><c>viewer.handedOff</c>: told in the room that was left and in the one that was entered.</summary>
public sealed record ViewerHandedOffData(string ViewerId, string FromRoomId, string ToRoomId) : WebhookData;
