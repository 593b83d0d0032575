namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:Metrics</c>: who may read <c>/metrics</c>.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "MediaRelay:Metrics";

    /// <summary>Whether reading needs an operator's token. Off by default: scrapers usually sit inside the same network.</summary>
    public bool RequireToken { get; set; }
}
