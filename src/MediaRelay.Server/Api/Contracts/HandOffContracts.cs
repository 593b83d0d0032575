using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record HandOffRequest(
    [property: Description("The room in which they go on.")] string? ToRoomId,
    [property: Description("How many of the room's viewers, 0 to 1, drawn at random. Either this or viewerIds.")] double? Share = null,
    [property: Description("Which of them, 1 to 10,000; every session of a viewer is meant. Those who are not there are passed over.")]
    IReadOnlyList<string?>? ViewerIds = null);

internal sealed record HandOffResponse(
    string HandOffId,
    [property: Description("Sessions that are moved; fewer than meant when the other room has no more places.")] int Viewers);
