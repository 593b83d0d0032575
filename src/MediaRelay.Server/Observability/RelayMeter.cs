using System.Diagnostics.Metrics;

namespace MediaRelay.Server.Observability;

/// <summary>
/// The one meter that <c>/metrics</c> shows. An instrument's name is its Prometheus name without the prefix
/// <c>mediarelay_</c>: lower case, base units (<c>_seconds</c>, <c>_bytes</c>), counters with <c>_total</c>; its description is
/// the HELP text. Values that are counted elsewhere come in through observable instruments, asked once per scrape.
/// </summary>
internal static class RelayMeter
{
    public const string Name = "MediaRelay";

    /// <summary>The meter of this host; made once, shared by the classes that hold its instruments.</summary>
    public static Meter CreateRelayMeter(this IMeterFactory factory) => factory.Create(Name);
}
