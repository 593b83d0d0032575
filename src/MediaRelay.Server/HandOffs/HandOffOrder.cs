using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.HandOffs;

/// <summary>Asks that viewers of one room go on in another.</summary>
/// <param name="Share">How many of them, 0–1; null when they are named.</param>
/// <param name="ViewerIds">Which of them, in order; null when a share is meant.</param>
/// <param name="IdempotencyKey">Makes a repeat harmless; null without one.</param>
internal sealed record HandOffOrder(
    Actor By, RoomId From, RoomId To, double? Share, IReadOnlyList<ViewerId>? ViewerIds, string? IdempotencyKey)
{
    /// <summary>What must be the same for a repeat to be one.</summary>
    public string Content => $"{From} {To} {Share:R} {string.Join(' ', ViewerIds ?? [])}";
}
