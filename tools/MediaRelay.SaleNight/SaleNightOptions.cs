namespace MediaRelay.SaleNight;

/// <summary>What is played, and where.</summary>
internal sealed record SaleNightOptions
{
    public required Uri Server { get; init; }

    public required string ApiKey { get; init; }

    public required string Secret { get; init; }

    /// <summary>One round, then the end.</summary>
    public bool Once { get; init; }

    public bool Synthetic { get; init; }

    public required TimeSpan Solo { get; init; }

    public required TimeSpan Together { get; init; }

    public required TimeSpan Apart { get; init; }
}
