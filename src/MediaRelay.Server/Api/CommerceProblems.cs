using MediaRelay.Commerce;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api;

/// <summary>Turns a refusal of the commerce part into an answer.</summary>
internal static class CommerceProblems
{
    // The store's queue empties within milliseconds; a second spreads the retries.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static ProblemResult ToResult(this Problem problem) => new()
    {
        Kind = KindOf(problem.Kind),
        Detail = problem.Detail,
        Field = problem.Field,
        Value = problem.Value is null ? null : HttpProblem.Echo(problem.Value),
        Allowed = problem.Allowed,
        RetryAfter = problem.Kind == ProblemKind.Unavailable ? RetryAfter : null,
    };

    private static HttpProblemKind KindOf(ProblemKind kind) => kind switch
    {
        ProblemKind.BadRequest => HttpProblemKind.BadRequest,
        ProblemKind.Forbidden => HttpProblemKind.Forbidden,
        ProblemKind.NotFound => HttpProblemKind.NotFound,
        ProblemKind.Conflict => HttpProblemKind.Conflict,
        ProblemKind.PreconditionFailed => HttpProblemKind.PreconditionFailed,
        ProblemKind.Unprocessable => HttpProblemKind.Unprocessable,
        ProblemKind.Unavailable => HttpProblemKind.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of problem."),
    };
}
