using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MediaRelay.LoadGenerator.Presets;

/// <summary>Something that happens at a rate for a while: joins of a storm, orders of a flash sale.</summary>
/// <param name="PerSecond">More than 0.</param>
/// <param name="Stay">For a storm: how long who joined stays; zero: to the end.</param>
internal sealed record Burst(double PerSecond, TimeSpan Duration, TimeSpan Stay)
{
    private const double MostPerSecond = 10_000;
    private const double LongestSeconds = 3_600;

    public int Count => (int)Math.Round(PerSecond * Duration.TotalSeconds);

    /// <summary>Reads <c>rate:seconds</c> or <c>rate:seconds:stay</c>; false when a number is missing or out of range.</summary>
    public static bool TryParse(string text, bool hasStay, [NotNullWhen(true)] out Burst? burst)
    {
        burst = null;
        var parts = text.Split(':');
        if (parts.Length < 2 || parts.Length > (hasStay ? 3 : 2)
            || !TryRead(parts[0], MostPerSecond, out var rate) || rate == 0
            || !TryRead(parts[1], LongestSeconds, out var seconds) || seconds == 0)
        {
            return false;
        }

        var stay = 0.0;
        if (parts.Length == 3 && !TryRead(parts[2], LongestSeconds, out stay))
        {
            return false;
        }

        burst = new Burst(rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(stay));
        return true;
    }

    public override string ToString() => Stay == TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"{PerSecond}:{Duration.TotalSeconds}")
        : string.Create(CultureInfo.InvariantCulture, $"{PerSecond}:{Duration.TotalSeconds}:{Stay.TotalSeconds}");

    private static bool TryRead(string text, double most, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value >= 0 && value <= most;
}
