using System.CommandLine;
using System.CommandLine.Parsing;

namespace MediaRelay.LoadGenerator;

/// <summary>Options that refuse what is not allowed, with their name, the value and what is.</summary>
internal static class OptionKinds
{
    public static Option<string> Text(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    /// <summary>A path with the placeholder for the room.</summary>
    public static Option<string> Path(string name, string description, string usual)
    {
        var option = Text(name, description, usual);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } value
                && !(value.StartsWith('/') && value.Contains("{room}", StringComparison.Ordinal)))
            {
                result.AddError($"{name} is '{value}'; it must begin with / and contain {{room}}.");
            }
        });
        return option;
    }

    public static Option<int> Number(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => usual };
        option.CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, out var value) && value >= least && value <= most)
            {
                return value;
            }

            argument.AddError($"{name} is {argument.Tokens[0].Value}; it must be {least} to {most}.");
            return usual;
        };
        return option;
    }

    public static Option<double> Real(string name, string description, double usual, double least, double most)
    {
        var option = new Option<double>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => usual };
        option.CustomParser = argument =>
        {
            if (double.TryParse(argument.Tokens[0].Value, out var value) && value >= least && value <= most)
            {
                return value;
            }

            argument.AddError($"{name} is {argument.Tokens[0].Value}; it must be {least} to {most}.");
            return usual;
        };
        return option;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static Option<T> Choice<T>(string name, string description, T usual)
        where T : struct, Enum
    {
        var allowed = string.Join(", ", Enum.GetNames<T>());
        return new Option<T>(name)
        {
            Description = $"{description} {allowed}.",
            DefaultValueFactory = _ => usual,
            CustomParser = argument =>
            {
                // Names alone: the parser of the framework takes numbers too.
                var text = argument.Tokens[0].Value;
                if (Array.Find(Enum.GetNames<T>(), known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found)
                {
                    return Enum.Parse<T>(found);
                }

                argument.AddError($"{name} is {text}; it must be one of {allowed}.");
                return usual;
            },
        };
    }

    /// <summary>A rate for a while.</summary>
    public static Option<Presets.Burst?> Burst(string name, string description, bool hasStay) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (Presets.Burst.TryParse(argument.Tokens[0].Value, hasStay, out var burst))
            {
                return burst;
            }

            var form = hasStay ? "rate:seconds or rate:seconds:seconds" : "rate:seconds";
            argument.AddError($"{name} is {argument.Tokens[0].Value}; it must be {form}, a rate up to 10000 and times up to 3600, such as 200:60.");
            return null;
        },
    };
}
