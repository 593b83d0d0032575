using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce;

/// <summary>
/// Either a value or the <see cref="Problem"/> that prevented it. Refusals are results, not exceptions.
/// </summary>
[SuppressMessage("Design", "CA1815", Justification = "Outcomes are taken apart, never compared.")]
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public bool IsSuccess => Problem is null;

    /// <summary>
    /// The value; throws <see cref="InvalidOperationException"/> with the problem's text when there is none.
    /// </summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Detail);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);

    internal static Outcome<T> From(T value) => new(value, null);

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Problem? problem)
    {
        value = _value;
        problem = Problem;
        return problem is null;
    }
}
