namespace MediaRelay.Server.HandOffs;

/// <summary>What a hand-off came to.</summary>
/// <param name="Id">Random; for the caller's own records.</param>
/// <param name="Viewers">How many are moved: those meant, as far as the other room has places.</param>
internal sealed record HandOffAnswer(string Id, int Viewers);
