namespace MediaRelay.Commerce;

/// <summary>
/// A refusal in words: which field, the value it had, and what is allowed, as far as one field is to blame.
/// </summary>
public sealed record Problem(
    ProblemKind Kind, string Detail, string? Field = null, string? Value = null, string? Allowed = null)
{
    /// <summary>A field outside its rule: "<c>currency is 'rmb'; allowed: three letters A-Z</c>".</summary>
    public static Problem Invalid(
        string field, object? value, string allowed, ProblemKind kind = ProblemKind.BadRequest)
    {
        var text = value?.ToString();
        var shown = text is null ? "missing" : $"'{Shorten(text)}'";
        return new Problem(
            kind, $"{field} is {shown}; allowed: {allowed}.", field, text is null ? null : Shorten(text), allowed);
    }

    public static Problem NotFound(string what, object id) => new(ProblemKind.NotFound, $"There is no {what} '{id}'.");

    public static Problem Conflict(string detail, string? field = null, string? value = null) =>
        new(ProblemKind.Conflict, detail, field, value);

    public static Problem Unprocessable(
        string detail, string? field = null, string? value = null, string? allowed = null) =>
        new(ProblemKind.Unprocessable, detail, field, value, allowed);

    public static Problem Forbidden(string detail) => new(ProblemKind.Forbidden, detail);

    public static Problem Unavailable(string detail) => new(ProblemKind.Unavailable, detail);

    // Texts of strangers go into answers and logs; 80 characters tell which value it was.
    private static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
