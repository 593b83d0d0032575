namespace MediaRelay.Commerce.Tests.Campaigns;

/// <summary>Computed once by another program (Python's hashlib) from the rules as docs/draws.md tells them.</summary>
internal static class KnownDraw
{
    public const string EntriesHash = "1f6d1a8f092855606ba584e62beaa6f2cbf246a3f2016e9df4dab42da7e2d42c";

    public static readonly int[] Winners = [0, 2];
}
