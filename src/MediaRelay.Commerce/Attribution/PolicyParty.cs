namespace MediaRelay.Commerce.Attribution;

/// <summary>In which part somebody has a share of a sale.</summary>
public enum PolicyParty
{
    /// <summary>The item's merchant.</summary>
    Owner,

    /// <summary>Another merchant, whose room the viewer came from.</summary>
    Traffic,

    /// <summary>The guide whose code led to the sale.</summary>
    Guide,
}
