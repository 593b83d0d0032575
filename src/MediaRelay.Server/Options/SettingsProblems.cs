using System.Globalization;

namespace MediaRelay.Server.Options;

/// <summary>Collects what is wrong with one section: a line each, naming the setting, its value and what is allowed.</summary>
internal sealed class SettingsProblems(IConfigurationSection section)
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public void Whole(string name, int value, int min, int max) =>
        Check<int>(name, value, value >= min && value <= max, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public void Number(string name, double value, double min, double max) =>
        Check<double>(name, value, value >= min && value <= max, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));

    /// <summary>A bound: 0 = off, else any positive number.</summary>
    public void Limit(string name, int value) =>
        Check<int>(name, value, value >= 0, $"a whole number from 0 (off) to {int.MaxValue}");

    /// <summary>A duration from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public void Duration(string name, TimeSpan value, TimeSpan min, TimeSpan max) =>
        Check<TimeSpan>(name, value, value >= min && value <= max, $"a duration hh:mm:ss from {min:c} to {max:c}");

    public void Flag(string name) => Check<bool>(name, false, isValid: true, "true or false");

    /// <summary>Adds a line unless <paramref name="isValid"/>.</summary>
    public void Require(bool isValid, string name, string value, string allowed)
    {
        if (!isValid)
        {
            _lines.Add($"{section.Path}:{name} is {(value.Length == 0 ? "empty" : value)}; allowed: {allowed}.");
        }
    }

    // The text comes first: when it cannot be read, the value is still the default and says nothing.
    private void Check<T>(string name, T value, bool isValid, string allowed)
    {
        var text = section[name];
        var isReadable = text is null || SettingsText.TryRead(text, typeof(T), out _);
        Require(isReadable && isValid, name, text ?? $"{value}", allowed);
    }
}
