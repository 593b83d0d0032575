using MediaRelay.LoadGenerator.Janus;

namespace MediaRelay.LoadGenerator.Targets;

/// <summary>The kinds of servers by the name that <c>--target</c> has for them.</summary>
internal static class LoadTargets
{
    public const string Default = "mediarelay";

    private static readonly Dictionary<string, Func<LoadTargetContext, LoadTarget>> Makers = new(StringComparer.Ordinal)
    {
        [Default] = context => new MediaRelayTarget(context),
        ["whep"] = context => new WhepTarget(context),
        ["janus"] = context => new JanusTarget(context),
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <exception cref="KeyNotFoundException">There is no such kind.</exception>
    public static LoadTarget Create(LoadTargetContext context) => Makers[context.Options.Target](context);
}
