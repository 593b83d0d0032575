using System.Collections.Immutable;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>What a draw has come to once it is closed.</summary>
/// <param name="EntriesHash">See <see cref="DrawRules.HashList"/>.</param>
/// <param name="Winners">Entries that win, first prize first; empty before the seed is revealed.</param>
public sealed record DrawOutcome(ImmutableArray<byte> EntriesHash, ImmutableArray<ImmutableArray<byte>> Winners);
