using System.Collections.Immutable;
using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>draw.opened</c>, <c>draw.closed</c>, <c>draw.revealed</c>: how far a draw is.</summary>
public sealed record DrawData(
    string DrawId,
    [property: Description("open, closed or revealed.")] string State,
    [property: Description("How many entries win.")] int Prizes,
    [property: Description("Entries until now.")] long Entered,
    [property: Description("SHA-256 of the seed.")] string Commit,
    [property: Description("SHA-256 of the entries' bytes, one behind the other. Once it is closed.")] string? EntriesHash,
    [property: Description("Once it is revealed.")] string? Seed,
    [property: Description("Entries that win, first prize first. Once it is revealed.")] ImmutableArray<string>? Winners,
    [property: Description("The same as viewer ids.")] ImmutableArray<string>? WinnerViewerIds) : WebhookData;
