namespace MediaRelay.Commerce.Campaigns;

/// <summary>What a viewer is told who wants to take part.</summary>
/// <param name="Number">Which participation it is, from 1; 0 when the viewer takes no part.</param>
/// <param name="Count">All participations.</param>
public readonly record struct ParticipationAnswer(ParticipationResult Result, long Number, long Count);
