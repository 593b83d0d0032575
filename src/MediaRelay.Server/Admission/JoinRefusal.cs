using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Admission;

/// <summary>Why a session that was asked for in order is turned away just now.</summary>
/// <param name="Reason">One of <see cref="Reasons"/>: in the answer and in the metrics.</param>
/// <param name="Problem">The answer: 503, or 429 where one address is over its limit.</param>
internal sealed record JoinRefusal(string Reason, ProblemResult Problem)
{
    public const string Draining = "draining";
    public const string Overloaded = "overloaded";
    public const string JoinsPerSecond = "joins_per_second";
    public const string JoinsPerSecondPerAddress = "joins_per_second_per_address";
    public const string HalfOpenDtls = "half_open_dtls";
    public const string ViewersPerRoom = "viewers_per_room";

    public static readonly IReadOnlyList<string> Reasons =
        [Draining, Overloaded, JoinsPerSecond, JoinsPerSecondPerAddress, HalfOpenDtls, ViewersPerRoom];

    /// <summary>The label <c>result</c> of <c>joins_total</c>: the limits are one there.</summary>
    public string Result => Reason is Draining or Overloaded ? Reason : "limited";
}
