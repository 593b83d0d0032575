namespace MediaRelay.Server.CoHosting;

/// <summary>The setting's words for <see cref="SlowMixPolicy"/>.</summary>
internal static class SlowMixPolicies
{
    public const string Allowed = "keep, halve, end";

    public static bool TryParse(string text, out SlowMixPolicy policy)
    {
        (policy, var isKnown) = text switch
        {
            "keep" => (SlowMixPolicy.Keep, true),
            "halve" => (SlowMixPolicy.Halve, true),
            "end" => (SlowMixPolicy.End, true),
            _ => (default, false),
        };
        return isKnown;
    }
}
