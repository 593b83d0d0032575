using System.Globalization;

namespace MediaRelay.LoadGenerator.Presets;

/// <summary>One option that a preset sets.</summary>
/// <param name="Option">Its name on the command line.</param>
/// <param name="Value">Its value on the real night; with a format <c>{0}</c> for the number where there is more than a number.</param>
internal sealed record PresetOption(string Option, string Value)
{
    /// <summary>The number that is scaled.</summary>
    public double Number { get; init; }

    public PresetScaling Scaling { get; init; }

    /// <summary>What scaling never goes below.</summary>
    public double Least { get; init; }

    /// <summary>Only whole numbers make sense.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The value at a scale, 1 being the real night.</summary>
    public string At(double scale)
    {
        var scaled = Scaling switch
        {
            PresetScaling.Crowd => Number * scale,
            PresetScaling.Peak => Number * Math.Sqrt(scale),
            _ => Number,
        };
        var bounded = Math.Max(Least, IsWhole ? Math.Round(scaled) : Math.Round(scaled, 2));
        return string.Format(CultureInfo.InvariantCulture, Value, bounded);
    }
}
