using System.Globalization;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Calls;

/// <summary>Reads query values strictly: absent is the default, unreadable is a 400.</summary>
internal static class QueryValues
{
    /// <summary>The value, or null when absent; false with a 400 when it stands more than once.</summary>
    public static bool TryReadText(this ApiContext call, string name, out string? value, out ProblemResult? problem)
    {
        var values = call.Http.Request.Query[name];
        value = values.Count == 0 ? null : values[0];
        problem = values.Count > 1 ? HttpProblem.BadRequest(name, values.ToString(), "one value") : null;
        return problem is null;
    }

    public static bool TryReadWhole(
        this ApiContext call, string name, long ifAbsent, long min, long max, out long value, out ProblemResult? problem)
    {
        value = ifAbsent;
        if (!call.TryReadText(name, out var text, out problem) || text is null)
        {
            return problem is null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max)
        {
            return true;
        }

        problem = HttpProblem.BadRequest(name, text, $"a whole number from {min} to {max}");
        return false;
    }
}
